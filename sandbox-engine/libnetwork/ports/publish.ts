// Publishing the ports of an endpoint on the host: a number, a listening docker-proxy and DNAT rules for each.
//
// Mirrors: libnetwork/drivers/bridge/port_mapping_linux.go (addPortMappings), libnetwork/portmapper/proxy_linux.go.
// Differs: SCTP gets rules but no proxy, since the kernel here has no SCTP sockets.
import { err, type Failure, failure, must, ok, type Result } from '../../std/index.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../wire/index.ts';
import type { BoundPort, EndpointRow, NetworkRow, PortBinding } from '../api.ts';
import { firewalledBridge } from '../drivers/bridge/bridge.ts';
import { bridgeOptions } from '../drivers/bridge/options.ts';
import {
  addPortRules,
  type FirewalledBridge,
  type FirewalledPort,
  removePortRules,
} from '../firewall/bridge.ts';
import type { State } from '../state.ts';
import { type PortProxy, startProxy } from './proxy.ts';

export interface PublishedPort {
  readonly bound: BoundPort;
  readonly proxy: PortProxy | undefined;
  readonly rules: { readonly network: FirewalledBridge; readonly port: FirewalledPort } | undefined;
}

type Published = PortBinding & { readonly host: NonNullable<PortBinding['host']> };

/** The host addresses that a binding means: none named is 0.0.0.0 and [::]. */
function addressesOf(binding: Published, network: NetworkRow): string[] {
  if (binding.host.ip !== '') return [binding.host.ip];
  const options = bridgeOptions(network.options, network.internal);
  const fallback = options.ok ? formatIpv4(options.value.hostBinding) : '0.0.0.0';
  return fallback === '0.0.0.0' ? ['0.0.0.0', '::'] : [fallback];
}

/** `8000` or `8000-8010`; nothing and 0 mean any. */
function rangeOf(text: string): { from: number; to: number } | undefined {
  const [from = '', to = from] = text.split('-');
  return Number(from) > 0 ? { from: Number(from), to: Number(to) } : undefined;
}

/** Fixed numbers are taken before free choices; otherwise in order of container port. */
const inOrder = (bindings: readonly PortBinding[]): Published[] =>
  bindings
    .filter((binding): binding is Published => binding.host !== undefined)
    .sort((a, b) => {
      const fixed = Number(!rangeOf(a.host.port)) - Number(!rangeOf(b.host.port));
      return fixed || a.containerPort - b.containerPort;
    });

const mostAttempts = 10;

/** Publishes all ports of the endpoint, or none: the failure names the endpoint. */
export function publishPorts(
  state: State,
  network: NetworkRow,
  endpoint: EndpointRow,
  bindings: readonly PortBinding[],
): Result<PublishedPort[], Failure> {
  const done: PublishedPort[] = [];
  for (const binding of inOrder(bindings)) {
    const published = publishOne(state, network, endpoint, binding);
    if (published.ok) {
      done.push(...published.value);
      continue;
    }
    unpublishPorts(state, done);
    return err(
      failure(
        'system',
        `driver failed programming external connectivity on endpoint ${endpoint.name} (${endpoint.endpointId}): ${published.error}`,
      ),
    );
  }
  return ok(done);
}

/** One binding on all its addresses. A number of the range that somebody else listens on is passed over. */
function publishOne(
  state: State,
  network: NetworkRow,
  endpoint: EndpointRow,
  binding: Published,
): Result<PublishedPort[], string> {
  const addresses = addressesOf(binding, network);
  const range = rangeOf(binding.host.port);
  const { protocol, containerPort } = binding;
  const refused: number[] = [];
  try {
    for (;;) {
      // Why: Docker asks its allocator for IPv6 first, which shows in the error (`Bind for :::8000 failed`).
      const port = state.ports.request({ protocol, addresses: [...addresses].reverse(), range });
      if (!port.ok) return port;
      const bound = addresses.map((hostIp) => ({
        protocol,
        containerPort,
        hostIp,
        hostPort: port.value,
      }));
      const listening = listenAll(state, endpoint, bound);
      if (listening.ok) return ok(addRules(state, network, endpoint, bound, listening.value));
      refused.push(port.value);
      const fixed = range && range.from === range.to;
      if (fixed || !listening.error.again || refused.length > mostAttempts)
        return err(listening.error.message);
    }
  } finally {
    for (const port of refused) state.ports.release(protocol, addresses, port);
  }
}

function listenAll(
  state: State,
  endpoint: EndpointRow,
  bound: readonly BoundPort[],
): Result<(PortProxy | undefined)[], { readonly message: string; readonly again: boolean }> {
  const proxies: (PortProxy | undefined)[] = [];
  const address = must(endpoint.address, `address of endpoint ${endpoint.name}`);
  for (const port of bound) {
    const proxy =
      port.protocol === 'sctp' ? ok(undefined) : startProxy(state.context, port, address);
    if (proxy.ok) {
      proxies.push(proxy.value);
      continue;
    }
    for (const started of proxies) started?.stop();
    const { hostIp, hostPort, containerPort, protocol } = port;
    const host = hostIp.includes(':') ? `[${hostIp}]` : hostIp;
    const what = `${host}:${hostPort}:${formatIpv4(address)}:${containerPort}/${protocol}`;
    const again = proxy.error === 'EADDRINUSE';
    const why = again ? 'address already in use' : 'cannot assign requested address';
    return err({ message: `failed to bind host port for ${what}: ${why}`, again });
  }
  return ok(proxies);
}

function addRules(
  state: State,
  network: NetworkRow,
  endpoint: EndpointRow,
  ports: readonly BoundPort[],
  proxies: readonly (PortProxy | undefined)[],
): PublishedPort[] {
  const { kernel } = state.context;
  const address = must(endpoint.address, `address of endpoint ${endpoint.name}`);
  return ports.map((bound, index) => {
    const proxy = proxies[index];
    const hostIp: Ipv4 | undefined = parseIpv4(bound.hostIp);
    if (hostIp === undefined) return { bound, proxy, rules: undefined };
    const { protocol, hostPort, containerPort } = bound;
    const port = { protocol, hostIp, hostPort, address, containerPort };
    const rules = { network: firewalledBridge(network), port };
    addPortRules(kernel.netfilter(kernel.initNetns), rules.network, rules.port);
    return { bound, proxy, rules };
  });
}

export function unpublishPorts(state: State, published: readonly PublishedPort[]): void {
  const { kernel } = state.context;
  for (const { bound, proxy, rules } of published) {
    proxy?.stop();
    if (rules) removePortRules(kernel.netfilter(kernel.initNetns), rules.network, rules.port);
    state.ports.release(bound.protocol, [bound.hostIp], bound.hostPort);
  }
}
