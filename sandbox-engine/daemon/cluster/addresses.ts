// Which addresses a node listens at and tells others. Mirrors: moby daemon/cluster/listen_addr.go.
import type { Kernel } from '../../kernel/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';

export const defaultPort = '2377';

const bad = (message: string) => err(failure('invalid_parameter', message));

/** `host`, `host:port`; the port may be missing. */
export function splitHostPort(
  text: string,
  port: string,
): { readonly host: string; readonly port: string } {
  const cut = text.lastIndexOf(':');
  return cut < 0
    ? { host: text, port }
    : { host: text.slice(0, cut), port: text.slice(cut + 1) || port };
}

/** The host's own addresses on its uplinks; those of docker's bridges do not count. */
function systemAddresses(kernel: Kernel): { readonly address: string; readonly link: string }[] {
  return kernel.addresses({ netns: kernel.initNetns }).flatMap((row) => {
    const link = kernel.link(row.link);
    return link?.kind === 'ether' && link.up
      ? [{ address: formatIpv4(row.address), link: link.name }]
      : [];
  });
}

/** An address, or that of the interface of this name. */
function interfaceAddress(kernel: Kernel, name: string): string | undefined {
  const link = kernel.linkByName(kernel.initNetns, name);
  const [first] = link ? kernel.addresses({ link: link.id }) : [];
  return first && formatIpv4(first.address);
}

/** `--listen-addr`: `0.0.0.0:2377`, `eth0`, `192.168.56.10`. */
export function listenAddress(
  kernel: Kernel,
  text: string,
): Result<{ readonly host: string; readonly port: string }, Failure> {
  const { host, port } = splitHostPort(text || '0.0.0.0', defaultPort);
  const address =
    parseIpv4(host) === undefined ? interfaceAddress(kernel, host) : host || '0.0.0.0';
  return address === undefined || !/^\d+$/.test(port)
    ? bad('listen address must be an IP address or network interface (with optional port number)')
    : ok({ host: address, port });
}

/** `--advertise-addr`, or the one address that others can use. */
export function advertiseAddress(
  kernel: Kernel,
  text: string,
  listen: { readonly host: string; readonly port: string },
): Result<{ readonly host: string; readonly port: string }, Failure> {
  if (text !== '') {
    const { host, port } = splitHostPort(text, listen.port);
    const address = parseIpv4(host) === undefined ? interfaceAddress(kernel, host) : host;
    return address === undefined || address === '0.0.0.0'
      ? bad(
          'advertise address must be a non-zero IP address or network interface (with optional port number)',
        )
      : ok({ host: address, port });
  }
  if (listen.host !== '0.0.0.0') return ok(listen);
  const [first, second] = systemAddresses(kernel);
  if (!first) return bad("could not find the system's IP address");
  if (!second) return ok({ host: first.address, port: listen.port });
  return bad(
    first.link === second.link
      ? `could not choose an IP address to advertise since this system has multiple addresses on interface ${first.link} (${first.address} and ${second.address})`
      : `could not choose an IP address to advertise since this system has multiple addresses on different interfaces (${first.address} on ${first.link} and ${second.address} on ${second.link})`,
  );
}

/** The address from which this host speaks to another. */
export function sourceTowards(kernel: Kernel, address: string): string | undefined {
  const to = parseIpv4(splitHostPort(address, '').host);
  if (to === undefined) return undefined;
  const route = kernel.routeLookup(kernel.initNetns, to);
  return route.ok ? formatIpv4(route.value.source) : undefined;
}
