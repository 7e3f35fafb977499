// The options of a bridge network, from the words in which users give them.
//
// Mirrors: libnetwork/drivers/bridge/bridge_linux.go (networkConfiguration.fromLabels, Validate).
import { err, type Failure, failure, ok, type Result } from '../../../std/index.ts';
import { anyIpv4, type Ipv4, parseIpv4 } from '../../../wire/index.ts';

export type GatewayMode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated';

export interface BridgeOptions {
  /** Undefined: `br-` and the network's first twelve digits. */
  readonly name: string | undefined;
  readonly mtu: number;
  readonly icc: boolean;
  readonly masquerade: boolean;
  /** Where ports are published that name no address; 0.0.0.0 means both families. */
  readonly hostBinding: Ipv4;
  readonly gatewayMode: GatewayMode;
  /** The bridge gets no address. */
  readonly inhibitIpv4: boolean;
}

export const bridgeOption = {
  name: 'com.docker.network.bridge.name',
  defaultBridge: 'com.docker.network.bridge.default_bridge',
  icc: 'com.docker.network.bridge.enable_icc',
  masquerade: 'com.docker.network.bridge.enable_ip_masquerade',
  hostBinding: 'com.docker.network.bridge.host_binding_ipv4',
  gatewayMode: 'com.docker.network.bridge.gateway_mode_ipv4',
  inhibitIpv4: 'com.docker.network.bridge.inhibit_ipv4',
  mtu: 'com.docker.network.driver.mtu',
} as const;

const trueWords = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falseWords = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

const cannotParse = (key: string, value: string, why: string): Failure =>
  failure('invalid_parameter', `failed to parse ${key} value: ${value} (${why})`);

type Options = Readonly<Record<string, string>>;

function bool(options: Options, key: string, fallback: boolean): Result<boolean, Failure> {
  const value = options[key];
  if (value === undefined) return ok(fallback);
  if (trueWords.includes(value)) return ok(true);
  if (falseWords.includes(value)) return ok(false);
  return err(cannotParse(key, value, `strconv.ParseBool: parsing "${value}": invalid syntax`));
}

function mtuOf(options: Options): Result<number, Failure> {
  const value = options[bridgeOption.mtu];
  if (value === undefined) return ok(1500);
  if (!/^[+-]?\d+$/.test(value)) {
    const why = `strconv.Atoi: parsing "${value}": invalid syntax`;
    return err(cannotParse(bridgeOption.mtu, value, why));
  }
  const mtu = Number(value);
  if (mtu < 0) return err(failure('invalid_parameter', `invalid MTU number: ${value}`));
  return ok(mtu === 0 ? 1500 : mtu);
}

function gatewayModeOf(options: Options, internal: boolean): Result<GatewayMode, Failure> {
  const value = options[bridgeOption.gatewayMode] || 'nat';
  if (value === 'isolated' && !internal)
    return err(
      failure(
        'invalid_parameter',
        `gateway mode 'isolated' can only be used for an internal network`,
      ),
    );
  if (value === 'nat' || value === 'nat-unprotected' || value === 'routed' || value === 'isolated')
    return ok(value);
  return err(failure('invalid_parameter', `unknown gateway mode ${value}`));
}

/** Reads the options; unknown ones are let pass, as Docker does. */
export function bridgeOptions(options: Options, internal: boolean): Result<BridgeOptions, Failure> {
  const icc = bool(options, bridgeOption.icc, true);
  if (!icc.ok) return icc;
  const masquerade = bool(options, bridgeOption.masquerade, true);
  if (!masquerade.ok) return masquerade;
  const inhibitIpv4 = bool(options, bridgeOption.inhibitIpv4, false);
  if (!inhibitIpv4.ok) return inhibitIpv4;
  const mtu = mtuOf(options);
  if (!mtu.ok) return mtu;
  const gatewayMode = gatewayModeOf(options, internal);
  if (!gatewayMode.ok) return gatewayMode;
  const binding = options[bridgeOption.hostBinding];
  const hostBinding = binding === undefined ? anyIpv4 : parseIpv4(binding);
  if (hostBinding === undefined)
    return err(cannotParse(bridgeOption.hostBinding, binding ?? '', 'nil ip'));
  return ok({
    name: options[bridgeOption.name] || undefined,
    mtu: mtu.value,
    icc: icc.value,
    masquerade: masquerade.value,
    hostBinding,
    gatewayMode: gatewayMode.value,
    inhibitIpv4: inhibitIpv4.value,
  });
}
