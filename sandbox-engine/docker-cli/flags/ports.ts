// Port specifications: `8080:80`, `127.0.0.1:8000-8001:80-81/udp`.
//
// Mirrors: docker/go-connections nat/nat.go ParsePortSpec.
import { err, ok, type Result } from '../../std/index.ts';
import { isIp } from './values.ts';

export interface PortMapping {
  /** `80/tcp`. */
  readonly port: string;
  readonly hostIp: string;
  readonly hostPort: string;
}

/** First and last of `80` or `80-81`. */
function range(text: string): readonly [number, number] | undefined {
  const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const pair = [Number(first), Number(last)] as const;
  return first !== '' && pair[0] <= 65_535 && pair[1] <= 65_535 && pair[1] >= pair[0]
    ? pair
    : undefined;
}

/** Cuts `ip:host:container` from the right. */
function split(text: string): readonly [string, string, string] {
  const last = text.lastIndexOf(':');
  if (last < 0) return ['', '', text];
  const container = text.slice(last + 1);
  const rest = text.slice(0, last);
  const before = rest.lastIndexOf(':');
  return before < 0
    ? ['', rest, container]
    : [rest.slice(0, before), rest.slice(before + 1), container];
}

/** The mappings of one specification; the error is docker's. */
export function parsePorts(spec: string): Result<readonly PortMapping[], string> {
  const [ipText, hostText, insideText] = split(spec);
  const slash = insideText.indexOf('/');
  const inside = slash < 0 ? insideText : insideText.slice(0, slash);
  const protocol = slash < 0 ? 'tcp' : insideText.slice(slash + 1).toLowerCase();
  const ip = ipText.replace(/^\[(.*)\]$/, '$1');
  if (ipText !== '' && !ipText.startsWith('[') && ipText.includes(':'))
    return err(`Invalid ip address ${ipText}: address ${ipText}:: too many colons in address`);
  if (ip !== '' && !isIp(ip)) return err(`Invalid ip address: ${ip}`);
  if (inside === '') return err(`No port specified: ${spec}<empty>`);
  const containerPorts = range(inside);
  if (!containerPorts) return err(`Invalid containerPort: ${inside}`);
  const hostPorts = hostText === '' ? undefined : range(hostText);
  if (hostText !== '' && !hostPorts) return err(`Invalid hostPort: ${hostText}`);
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) return err(`Invalid proto: ${protocol}`);
  const [from, to] = containerPorts;
  const sameLength = !hostPorts || to - from === hostPorts[1] - hostPorts[0];
  if (!sameLength && to !== from)
    return err(`Invalid ranges specified for container and host Ports: ${inside} and ${hostText}`);
  const mappings: PortMapping[] = [];
  for (let port = from; port <= to; port += 1) {
    const hostPort = !hostPorts
      ? ''
      : sameLength
        ? String(hostPorts[0] + port - from)
        : `${hostPorts[0]}-${hostPorts[1]}`;
    mappings.push({ port: `${port}/${protocol}`, hostIp: ip, hostPort });
  }
  return ok(mappings);
}
