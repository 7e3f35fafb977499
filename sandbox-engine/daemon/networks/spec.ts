// The body of POST /networks/create.
import type { IpamConfig, NetworkSpec } from '../../libnetwork/index.ts';
import { booleanOf, isObject, listOf, objectOf, textMapOf, textOf } from '../body.ts';

function ipamConfigOf(value: unknown): IpamConfig {
  const config = objectOf(value);
  const ipRange = textOf(config.IPRange);
  const gateway = textOf(config.Gateway);
  const auxAddresses = textMapOf(config.AuxiliaryAddresses ?? config.AuxAddress);
  return {
    subnet: textOf(config.Subnet),
    ...(ipRange && { ipRange }),
    ...(gateway && { gateway }),
    ...(auxAddresses && { auxAddresses }),
  };
}

export function networkSpecOf(value: unknown): NetworkSpec {
  const body = objectOf(value);
  const ipam = objectOf(body.IPAM);
  const driver = textOf(body.Driver);
  const scope = textOf(body.Scope);
  const configFrom = textOf(objectOf(body.ConfigFrom).Network);
  return {
    name: textOf(body.Name),
    ...(driver && { driver }),
    ...(scope && { scope }),
    ...(configFrom && { configFrom }),
    internal: booleanOf(body.Internal),
    attachable: booleanOf(body.Attachable),
    ingress: booleanOf(body.Ingress),
    configOnly: booleanOf(body.ConfigOnly),
    enableIpv6: booleanOf(body.EnableIPv6),
    enableIpv4: body.EnableIPv4 !== false,
    ipam: {
      driver: textOf(ipam.Driver) || 'default',
      options: isObject(ipam.Options) ? textMapOf(ipam.Options) : null,
      config: listOf(ipam.Config).map(ipamConfigOf),
    },
    options: textMapOf(body.Options) ?? {},
    labels: textMapOf(body.Labels) ?? {},
  };
}
