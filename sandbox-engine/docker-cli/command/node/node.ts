// docker node.
//
// Mirrors: docker/cli cli/command/node/*.go.
import { goTime } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { compareNatural, err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanBytes } from '../../flags/sizes.ts';
import { capitalised } from '../../formatter/display.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { inspectOrPretty, type Lookup } from '../../inspect/inspect.ts';
import { at, flag, type Json, list, number, object, pairs, text } from '../../json.ts';
import { mapOf } from '../files.ts';
import { printRows } from '../list-command.ts';
import { printTasks, taskFilters } from '../service/tasks.ts';

/** `self` → the id of this node. */
function* nodeReference(cli: Cli, name: string): Op<Result<string, string>> {
  if (name !== 'self') return ok(name);
  const info = yield* cli.client.get('/info');
  if (!info.ok) return err(info.error.message);
  const id = text(info.value, 'Swarm.NodeID');
  if (id) return ok(id);
  // A daemon outside a swarm says so itself.
  const nodes = yield* cli.client.get('/nodes');
  return err(nodes.ok ? `node ID not found in /info` : nodes.error.message);
}

interface Row {
  readonly node: unknown;
  readonly self: string;
  readonly rootDiffers: boolean;
}

const managerStatus = (node: unknown): string => {
  if (flag(node, 'ManagerStatus.Leader')) return 'Leader';
  return capitalised(text(node, 'ManagerStatus.Reachability'));
};

const nodeFormat: RowFormat<Row> = {
  typeName: '*node.nodeContext',
  fields: {
    ID: (r) => text(r.node, 'ID'),
    Self: (r) => text(r.node, 'ID') === r.self,
    Hostname: (r) => text(r.node, 'Description.Hostname'),
    Status: (r) => capitalised(text(r.node, 'Status.State')),
    Availability: (r) => capitalised(text(r.node, 'Spec.Availability')),
    ManagerStatus: (r) => managerStatus(r.node),
    TLSStatus: (r) => (r.rootDiffers ? 'Needs Rotation' : 'Ready'),
    EngineVersion: (r) => text(r.node, 'Description.Engine.EngineVersion'),
  },
  headers: { TLSStatus: 'TLS STATUS', Self: '' },
  table:
    '{{.ID}} {{if .Self}}*{{else}} {{ end }}\\t{{.Hostname}}\\t{{.Status}}\\t{{.Availability}}\\t{{.ManagerStatus}}\\t{{.EngineVersion}}',
  raw: 'node_id: {{.ID}}\\nhostname: {{.Hostname}}\\nstatus: {{.Status}}\\navailability: {{.Availability}}\\nmanager_status: {{.ManagerStatus}}\\n',
};

export function* ls(cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.get('/nodes', {
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  const nodes = list(answer.value);
  let info: unknown = {};
  if (nodes.length > 0 && !flags.on('quiet')) {
    const asked = yield* cli.client.get('/info');
    if (!asked.ok) return fail(asked.error.message);
    info = asked.value;
  }
  const root = text(info, 'Swarm.Cluster.TLSInfo.TrustRoot');
  const rows = [...nodes]
    .sort((a, b) =>
      compareNatural(text(a, 'Description.Hostname'), text(b, 'Description.Hostname')),
    )
    .map((node) => ({
      node,
      self: text(info, 'Swarm.NodeID'),
      rootDiffers: root !== '' && text(node, 'Description.TLSInfo.TrustRoot') !== root,
    }));
  return yield* printRows(cli, flags, nodeFormat, rows);
}

const lookup = (cli: Cli): Lookup =>
  function* (name) {
    const reference = yield* nodeReference(cli, name);
    if (!reference.ok) return reference;
    const answer = yield* cli.client.get(`/nodes/${reference.value}`);
    return answer.ok
      ? ok({ body: answer.value, type: 'swarm.Node', structOnly: true })
      : err(answer.error.message);
  };

export const inspect = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  inspectOrPretty(cli, flags, names, lookup(cli), prettyNode);

function prettyNode(node: unknown): string {
  const labels = pairs(node, 'Spec.Labels')
    .map(([key, value]) => ` - ${key}=${value}`)
    .sort();
  const plugins = (type: string): string =>
    list(node, 'Description.Engine.Plugins')
      .filter((plugin) => text(plugin, 'Type') === type)
      .map((plugin) => text(plugin, 'Name'))
      .join(', ');
  const message = text(node, 'Status.Message');
  const manager = at(node, 'ManagerStatus');
  const tls = object(node, 'Description.TLSInfo');
  const engineLabels = pairs(node, 'Description.Engine.Labels')
    .map(([k, v]) => ` - ${k}=${v}`)
    .sort();
  const lines = [
    `ID:\t\t\t${text(node, 'ID')}`,
    ...(text(node, 'Spec.Name') ? [`Name:\t\t\t${text(node, 'Spec.Name')}`] : []),
    ...(labels.length > 0 ? ['Labels:', ...labels] : []),
    `Hostname:              \t${text(node, 'Description.Hostname')}`,
    `Joined at:             \t${goTime(text(node, 'CreatedAt')).toLowerCase()}`,
    'Status:',
    ` State:\t\t\t${capitalised(text(node, 'Status.State'))}`,
    ...(message ? [` Message:              \t${capitalised(message)}`] : []),
    ` Availability:         \t${capitalised(text(node, 'Spec.Availability'))}`,
    ...(text(node, 'Status.Addr') ? [` Address:\t\t${text(node, 'Status.Addr')}`] : []),
    ...(manager
      ? [
          'Manager Status:',
          ` Address:\t\t${text(manager, 'Addr')}`,
          ` Raft Status:\t\t${capitalised(text(manager, 'Reachability'))}`,
          ` Leader:\t\t${flag(manager, 'Leader') ? 'Yes' : 'No'}`,
        ]
      : []),
    'Platform:',
    ` Operating System:\t${text(node, 'Description.Platform.OS')}`,
    ` Architecture:\t\t${text(node, 'Description.Platform.Architecture')}`,
    'Resources:',
    ` CPUs:\t\t\t${Math.trunc(number(node, 'Description.Resources.NanoCPUs') / 1e9)}`,
    ` Memory:\t\t${humanBytes(number(node, 'Description.Resources.MemoryBytes'))}`,
    ...(list(node, 'Description.Engine.Plugins').length > 0
      ? ['Plugins:', ...['Log', 'Network', 'Volume'].map((type) => ` ${type}:\t\t${plugins(type)}`)]
      : []),
    `Engine Version:\t\t${text(node, 'Description.Engine.EngineVersion')}`,
    ...(engineLabels.length > 0 ? ['Engine Labels:', ...engineLabels] : []),
    ...(text(tls, 'TrustRoot')
      ? [
          'TLS Info:',
          ' TrustRoot:',
          text(tls, 'TrustRoot'),
          ` Issuer Subject:\t${text(tls, 'CertIssuerSubject')}`,
          ` Issuer Public Key:\t${text(tls, 'CertIssuerPublicKey')}`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

export function* ps(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const filters = yield* taskFilters(cli, flags);
  if (!filters.ok) return fail(filters.error);
  const errors: string[] = [];
  const tasks: unknown[] = [];
  for (const name of names.length > 0 ? names : ['self']) {
    const reference = yield* nodeReference(cli, name);
    if (!reference.ok) {
      errors.push(reference.error);
      continue;
    }
    const node = yield* cli.client.get(`/nodes/${reference.value}`);
    if (!node.ok) {
      errors.push(node.error.message);
      continue;
    }
    filters.value.push(['node', text(node.value, 'ID')]);
    const answer = yield* cli.client.get('/tasks', { filters: filterJson(filters.value) });
    if (answer.ok) tasks.push(...list(answer.value));
    else errors.push(answer.error.message);
  }
  if (errors.length === 0 || tasks.length > 0) {
    const printed = yield* printTasks(cli, flags, tasks);
    if (printed) return printed;
  }
  return failAll(errors);
}

export function* rm(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  for (const name of names) {
    const answer = yield* cli.client.request('DELETE', `/nodes/${name}`, {
      force: flags.on('force') ? '1' : undefined,
    });
    if (answer.ok) yield* cli.out(`${name}\n`);
    else errors.push(answer.error.message);
  }
  return failAll(errors);
}

type Change = (node: unknown, spec: Json) => Op<Result<Json | undefined, string>>;

/** Changes the spec of nodes one after the other and says so; stops at the first error. */
function* change(
  cli: Cli,
  names: readonly string[],
  edit: Change,
  done: (name: string) => string,
): Op<Outcome> {
  for (const name of names) {
    const reference = yield* nodeReference(cli, name);
    if (!reference.ok) return fail(reference.error);
    const node = yield* cli.client.get(`/nodes/${reference.value}`);
    if (!node.ok) return fail(node.error.message);
    const spec = yield* edit(node.value, object(node.value, 'Spec'));
    if (!spec.ok) return fail(spec.error);
    if (!spec.value) continue;
    const answer = yield* cli.client.post(
      `/nodes/${text(node.value, 'ID')}/update`,
      { version: number(node.value, 'Version.Index') },
      spec.value,
    );
    if (!answer.ok) return fail(answer.error.message);
    yield* cli.out(`${done(name)}\n`);
  }
  return undefined;
}

function* toRole(
  cli: Cli,
  node: unknown,
  spec: Json,
  role: 'manager' | 'worker',
): Op<Result<Json | undefined, string>> {
  if (text(spec, 'Role') !== role) return ok({ ...spec, Role: role });
  yield* cli.out(`Node ${text(node, 'ID')} is already a ${role}.\n`);
  return ok(undefined);
}

export const promote = (cli: Cli, _flags: Flags, names: readonly string[]): Op<Outcome> =>
  change(
    cli,
    names,
    (node, spec) => toRole(cli, node, spec, 'manager'),
    (name) => `Node ${name} promoted to a manager in the swarm.`,
  );

export const demote = (cli: Cli, _flags: Flags, names: readonly string[]): Op<Outcome> =>
  change(
    cli,
    names,
    (node, spec) => toRole(cli, node, spec, 'worker'),
    (name) => `Manager ${name} demoted in the swarm.`,
  );

export const update = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  change(
    cli,
    names,
    function* (_node, spec) {
      const labels: Record<string, unknown> = {
        ...object(spec, 'Labels'),
        ...mapOf(flags.list('label-add')),
      };
      for (const key of flags.list('label-rm')) {
        if (!(key in labels)) return err(`key ${key} doesn't exist in node's labels`);
        delete labels[key];
      }
      return ok({
        ...spec,
        Labels: labels,
        Role: flags.given('role') ?? spec.Role,
        Availability: flags.given('availability') ?? spec.Availability,
      });
    },
    (name) => name,
  );
