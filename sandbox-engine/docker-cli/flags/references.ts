// Values of service flags that have fields: published ports, secrets and configs, networks.
//
// Mirrors: docker/cli opts/swarmopts/{port,secret,config}.go, opts/network.go.
import { err, ok, type Result } from '../../std/index.ts';
import type { Json } from '../json.ts';
import { csv } from './mounts.ts';
import { parsePorts } from './ports.ts';

const longPort = /\w+=\w+(,\w+=\w+)*/;

function portNumber(field: string, text: string): Result<number, string> {
  const problem = !/^\d+$/.test(text)
    ? 'invalid syntax'
    : Number(text) > 65_535
      ? 'value out of range'
      : undefined;
  return problem === undefined
    ? ok(Number(text))
    : err(`invalid ${field} port (${text}): value must be an integer: ${problem}`);
}

function longPublish(value: string): Result<readonly Json[], string> {
  let [protocol, mode, target, published] = ['tcp', 'ingress', 0, 0] as [
    string,
    string,
    number,
    number,
  ];
  for (const field of csv(value.toLowerCase())) {
    const [key = '', text] = field.split('=');
    if (text === undefined || key === '') return err(`invalid field: ${field}`);
    if (key === 'protocol') {
      if (!['tcp', 'udp', 'sctp'].includes(text)) return err(`invalid protocol value '${text}'`);
      protocol = text;
    } else if (key === 'mode') {
      if (text !== 'ingress' && text !== 'host')
        return err(`invalid publish mode value (${text}): must be either 'ingress' or 'host'`);
      mode = text;
    } else if (key === 'target' || key === 'published') {
      const port = portNumber(key, text);
      if (!port.ok) return port;
      if (key === 'target') target = port.value;
      else published = port.value;
    } else return err(`invalid field key: ${key}`);
  }
  if (target === 0) return err("missing mandatory field 'target'");
  return ok([
    {
      Protocol: protocol,
      TargetPort: target,
      ...(published ? { PublishedPort: published } : {}),
      PublishMode: mode,
    },
  ]);
}

/** The ports of one --publish of a service; the error is docker's. */
export function parsePublish(value: string): Result<readonly Json[], string> {
  if (longPort.test(value)) return longPublish(value);
  const parsed = parsePorts(value);
  if (!parsed.ok) return parsed;
  const ports: Json[] = [];
  for (const { port, hostIp, hostPort } of parsed.value) {
    if (hostIp !== '') return err('hostip is not supported');
    const [target = '', protocol = 'tcp'] = port.split('/');
    const [first = '0', last = first] = hostPort === '' ? [] : hostPort.split('-');
    for (let published = Number(first); published <= Number(last); published += 1)
      ports.push({
        Protocol: protocol,
        TargetPort: Number(target),
        ...(published ? { PublishedPort: published } : {}),
        PublishMode: 'ingress',
      });
  }
  return ok(ports);
}

/** Which secret or config, and the file that it becomes. */
export interface FileReference {
  readonly source: string;
  readonly file: {
    readonly Name: string;
    readonly UID: string;
    readonly GID: string;
    readonly Mode: number;
  };
}

const readableByAll = 0o444;

/** Go's integers with base 0: `0444` and `0o444` count in eights, `0x124` in sixteens, `292` in tens. */
function anyBase(text: string): number | undefined {
  if (/^0[xX][\da-fA-F]+$/.test(text) || /^0[bB][01]+$/.test(text) || /^0[oO][0-7]+$/.test(text))
    return Number(text);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

export function parseFileReference(
  value: string,
  kind: 'secret' | 'config',
): Result<FileReference, string> {
  const fields = csv(value);
  if (fields.length === 1 && !value.includes('='))
    return ok({ source: value, file: { Name: value, UID: '0', GID: '0', Mode: readableByAll } });
  let [source, name, uid, gid, mode] = ['', '', '0', '0', readableByAll] as [
    string,
    string,
    string,
    string,
    number,
  ];
  for (const field of fields) {
    const [key = '', text] = field.split('=');
    if (text === undefined || key === '')
      return err(`invalid field '${field}' must be a key=value pair`);
    switch (key.toLowerCase()) {
      case 'source':
      case 'src':
        source = text;
        break;
      case 'target':
        name = text;
        break;
      case 'uid':
        uid = text;
        break;
      case 'gid':
        gid = text;
        break;
      case 'mode': {
        const bits = anyBase(text);
        if (bits === undefined)
          return err(
            `invalid mode specified: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
          );
        mode = bits;
        break;
      }
      default:
        return err(`invalid field in ${kind} request: ${key}`);
    }
  }
  if (source === '') return err('source is required');
  return ok({ source, file: { Name: name || source, UID: uid, GID: gid, Mode: mode } });
}

const networkKeys = new Set(
  'name alias ip ip6 mac-address link-local-ip driver-opt gw-priority'.split(' '),
);

/** What is wrong with `name=net,alias=a`. Mirrors: docker/cli opts/network.go. */
export function networkProblem(value: string): string | undefined {
  if (!longPort.test(value)) return undefined;
  let name = '';
  for (const field of csv(value.toLowerCase())) {
    const cut = field.indexOf('=');
    if (cut <= 0) return `invalid field ${field}`;
    const [key, text] = [field.slice(0, cut).trim(), field.slice(cut + 1).trim()];
    if (!networkKeys.has(key)) return `invalid field key ${key}`;
    if (key === 'name') name = text;
    if (key === 'driver-opt' && !text.includes('='))
      return 'invalid key value pair format in driver options';
    if (key === 'gw-priority' && !/^[+-]?\d+$/.test(text))
      return `invalid gw-priority (${text}): invalid syntax`;
  }
  return name === '' ? 'network name/id is not specified' : undefined;
}
