// docker network.
//
// Mirrors: docker/cli cli/command/network/*.go.

import { goTime } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { compareNatural, err, ok, type Result } from '../../../std/index.ts';
import { type Cli, exitWith, fail, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { idOf, labelOf, labelsText } from '../../formatter/display.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { inspectAll, lookupAt } from '../../inspect/inspect.ts';
import { at, compact, flag, type Json, list, text, texts } from '../../json.ts';
import { mapOf } from '../files.ts';
import { printRows } from '../list-command.ts';
import { ipamConfig } from './ipam.ts';

const rowFormat = (full: boolean): RowFormat<unknown> => ({
  typeName: '*network.networkContext',
  fields: {
    ID: (n) => idOf(text(n, 'Id'), full),
    Name: (n) => text(n, 'Name'),
    Driver: (n) => text(n, 'Driver'),
    Scope: (n) => text(n, 'Scope'),
    IPv4: (n) => String(flag(n, 'EnableIPv4')),
    IPv6: (n) => String(flag(n, 'EnableIPv6')),
    Internal: (n) => String(flag(n, 'Internal')),
    Labels: (n) => labelsText(at(n, 'Labels')),
    CreatedAt: (n) => goTime(text(n, 'Created')),
  },
  methods: { Label: (n, [name]) => labelOf(at(n, 'Labels'), name) },
  headers: { ID: 'NETWORK ID', IPv4: 'IPV4', IPv6: 'IPV6' },
  table: '{{.ID}}\\t{{.Name}}\\t{{.Driver}}\\t{{.Scope}}',
  raw: 'network_id: {{.ID}}\\nname: {{.Name}}\\ndriver: {{.Driver}}\\nscope: {{.Scope}}\\n',
});

export function* ls(cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.get('/networks', {
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const networks = [...list(answer.value)].sort((a, b) =>
    compareNatural(text(a, 'Name'), text(b, 'Name')),
  );
  return yield* printRows(cli, flags, rowFormat(flags.on('no-trunc')), networks);
}

export function* create(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const config = ipamConfig(flags);
  if (!config.ok) return fail(config.error);
  const answer = yield* cli.client.post(
    '/networks/create',
    {},
    {
      ...compact({
        Name: name,
        Driver: flags.text('driver'),
        Scope: flags.text('scope'),
        EnableIPv4: flags.has('ipv4') ? flags.on('ipv4') : undefined,
        EnableIPv6: flags.has('ipv6') ? flags.on('ipv6') : undefined,
      }),
      IPAM: {
        Driver: flags.text('ipam-driver'),
        Options: mapOf(flags.list('ipam-opt')),
        Config: config.value,
      },
      Internal: flags.on('internal'),
      Attachable: flags.on('attachable'),
      Ingress: flags.on('ingress'),
      ConfigOnly: flags.on('config-only'),
      ConfigFrom: flags.has('config-from') ? { Network: flags.text('config-from') } : null,
      Options: mapOf(flags.list('opt')),
      Labels: mapOf(flags.list('label')),
    },
  );
  if (!answer.ok) return fail(answer.error.message);
  const warning = text(answer.value, 'Warning');
  if (warning) yield* cli.err(`WARNING: ${warning}\n`);
  yield* cli.out(`${text(answer.value, 'Id')}\n`);
  return undefined;
}

const ingressWarning =
  'WARNING! Before removing the routing-mesh network, make sure all the nodes in your swarm run the same docker engine version. Otherwise, removal may not be effective and functionality of newly create ingress networks will be impaired.\nAre you sure you want to continue?';

export function* rm(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  let failed = false;
  for (const name of names) {
    const found = yield* cli.client.get(`/networks/${name}`);
    if (found.ok && flag(found.value, 'Ingress') && !(yield* cli.confirm(ingressWarning))) continue;
    const answer = yield* cli.client.request('DELETE', `/networks/${name}`);
    if (answer.ok) yield* cli.out(`${name}\n`);
    else if (!(flags.on('force') && answer.error.status === 404)) {
      yield* cli.err(`${answer.error.message}\n`);
      failed = true;
    }
  }
  return failed ? fail('exit status 1') : exitWith(0);
}

export const inspect = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  inspectAll(
    cli,
    names,
    flags.text('format'),
    lookupAt(cli, (name) => `/networks/${name}`, 'network.Inspect', {
      verbose: flags.on('verbose') ? 'true' : undefined,
    }),
  );

function endpointSettings(flags: Flags): Result<Json, string> {
  const priority = flags.text('gw-priority');
  for (const option of flags.list('driver-opt'))
    if (!option.includes('=')) return err(`invalid key/value pair format in driver options`);
  const ipam = compact({
    IPv4Address: flags.given('ip'),
    IPv6Address: flags.given('ip6'),
    LinkLocalIPs: flags.has('link-local-ip') ? flags.list('link-local-ip') : undefined,
  });
  return ok({
    IPAMConfig: ipam,
    Links: flags.has('link') ? flags.list('link') : null,
    Aliases: flags.has('alias') ? flags.list('alias') : null,
    DriverOpts: mapOf(flags.list('driver-opt')),
    GwPriority: priority === '' ? 0 : Number(priority),
  });
}

export function* connect(
  cli: Cli,
  flags: Flags,
  [network = '', container = '']: readonly string[],
): Op<Outcome> {
  const settings = endpointSettings(flags);
  if (!settings.ok) return fail(settings.error);
  const answer = yield* cli.client.post(
    `/networks/${network}/connect`,
    {},
    {
      Container: container,
      EndpointConfig: settings.value,
    },
  );
  return answer.ok ? undefined : fail(answer.error.message);
}

export function* disconnect(
  cli: Cli,
  flags: Flags,
  [network = '', container = '']: readonly string[],
): Op<Outcome> {
  const answer = yield* cli.client.post(
    `/networks/${network}/disconnect`,
    {},
    {
      Container: container,
      Force: flags.on('force'),
    },
  );
  return answer.ok ? undefined : fail(answer.error.message);
}

export function* prune(cli: Cli, flags: Flags): Op<Outcome> {
  const question =
    'WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue?';
  if (!flags.on('force') && !(yield* cli.confirm(question))) return undefined;
  const answer = yield* cli.client.post('/networks/prune', {
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const removed = texts(answer.value, 'NetworksDeleted');
  if (removed.length > 0) yield* cli.out(`Deleted Networks:\n${removed.join('\n')}\n\n`);
  return undefined;
}
