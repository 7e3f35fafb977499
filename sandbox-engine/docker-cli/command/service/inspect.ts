// docker service inspect, with its form for people.
//
// Mirrors: docker/cli cli/command/service/{inspect,formatter}.go.
import { goDuration } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { err, ok } from '../../../std/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanBytes } from '../../flags/sizes.ts';
import { inspectAll, type Lookup } from '../../inspect/inspect.ts';
import { at, flag, list, number, object, pairs, text, texts } from '../../json.ts';
import { ago, timeMillis } from '../../time.ts';

const lookup = (cli: Cli): Lookup =>
  function* (name) {
    const answer = yield* cli.client.get(`/services/${name}`, { insertDefaults: 'true' });
    if (answer.ok) return ok({ body: answer.value, type: 'swarm.Service', structOnly: true });
    return err(
      answer.error.status === 404 ? `Error: no such service: ${name}` : answer.error.message,
    );
  };

export function* inspect(cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> {
  const format = flags.text('format');
  if (flags.on('pretty') && format !== '' && format !== 'pretty')
    return fail('--format is incompatible with human friendly format');
  if (!flags.on('pretty') && format !== 'pretty')
    return yield* inspectAll(cli, names, format, lookup(cli));
  const errors: string[] = [];
  for (const name of names) {
    const found = yield* lookup(cli)(name);
    if (found.ok) yield* cli.out(yield* pretty(cli, found.value.body));
    else errors.push(found.error);
  }
  return failAll(errors);
}

function updateLines(config: unknown, title: string, order: string): string[] {
  if (config === undefined || config === null) return [];
  const delay = number(config, 'Delay');
  return [
    `${title}:`,
    ` Parallelism:\t${number(config, 'Parallelism')}`,
    ...(delay > 0 ? [` Delay:\t\t${goDuration(delay)}`] : []),
    ` On failure:\t${text(config, 'FailureAction')}`,
    ` Monitoring Period: ${goDuration(number(config, 'Monitor'))}`,
    ` Max failure ratio: ${number(config, 'MaxFailureRatio')}`,
    ` ${order}:`.padEnd(20) + text(config, 'Order'),
  ];
}

function modeLines(service: unknown): string[] {
  const mode = object(service, 'Spec.Mode');
  if (at(mode, 'Global')) return ['Service Mode:\tGlobal'];
  if (at(mode, 'GlobalJob')) return ['Service Mode:\tGlobal Job'];
  if (at(mode, 'ReplicatedJob'))
    return [
      'Service Mode:\tReplicated Job',
      ` Concurrent Tasks:\t${number(mode, 'ReplicatedJob.MaxConcurrent')}`,
      ` Total Completions:\t${number(mode, 'ReplicatedJob.TotalCompletions')}`,
    ];
  return ['Service Mode:\tReplicated', ` Replicas:\t${number(mode, 'Replicated.Replicas')}`];
}

function statusLines(cli: Cli, status: unknown): string[] {
  if (!status || !text(status, 'State')) return [];
  const completed = text(status, 'State') === 'completed';
  return [
    'UpdateStatus:',
    ` State:\t\t${text(status, 'State')}`,
    ...(text(status, 'StartedAt')
      ? [` Started:\t${ago(cli.sim, timeMillis(text(status, 'StartedAt')))}`]
      : []),
    ...(completed ? [` Completed:\t${ago(cli.sim, timeMillis(text(status, 'CompletedAt')))}`] : []),
    ` Message:\t${text(status, 'Message')}`,
  ];
}

function placementLines(service: unknown): string[] {
  const placement = object(service, 'Spec.TaskTemplate.Placement');
  const constraints = texts(placement, 'Constraints');
  const preferences = list(placement, 'Preferences').map(
    (item) => `spread=${text(item, 'Spread.SpreadDescriptor')}`,
  );
  const perNode = number(placement, 'MaxReplicas');
  return [
    'Placement:',
    ...(constraints.length > 0 ? [` Constraints:\t[${constraints.join(' ')}]`] : []),
    ...(preferences.length > 0 ? [` Preferences:   [${preferences.join(' ')}]`] : []),
    ...(perNode > 0 ? [` Max Replicas Per Node:\t${perNode}`] : []),
  ];
}

function containerLines(service: unknown): string[] {
  const spec = object(service, 'Spec.TaskTemplate.ContainerSpec');
  const lines = ['ContainerSpec:', ` Image:\t\t${text(spec, 'Image')}`];
  const words = (label: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push(` ${label}:\t\t${items.map((item) => `${item} `).join('')}`);
  };
  words('Args', texts(spec, 'Args'));
  words('Env', texts(spec, 'Env'));
  if (text(spec, 'Dir')) lines.push(` Dir:\t\t${text(spec, 'Dir')}`);
  if (at(spec, 'Init') !== undefined) lines.push(` Init:\t\t${flag(spec, 'Init')}`);
  if (text(spec, 'User')) lines.push(` User: ${text(spec, 'User')}`);
  if (list(spec, 'Mounts').length > 0) {
    lines.push('Mounts:');
    for (const mount of list(spec, 'Mounts'))
      lines.push(
        ` Target:\t${text(mount, 'Target')}`,
        `  Source:\t${text(mount, 'Source')}`,
        `  ReadOnly:\t${flag(mount, 'ReadOnly')}`,
        `  Type:\t\t${text(mount, 'Type')}`,
      );
  }
  const files = (title: string, key: string, name: string): void => {
    if (list(spec, key).length === 0) return;
    lines.push(`${title}:`);
    for (const file of list(spec, key)) {
      const target = text(file, 'File.Name');
      lines.push(` Target:\t${target}`, `  Source:\t${text(file, name)}`);
    }
  };
  files('Configs', 'Configs', 'ConfigName');
  files('Secrets', 'Secrets', 'SecretName');
  return lines;
}

function resourceLines(service: unknown): string[] {
  const resources = object(service, 'Spec.TaskTemplate.Resources');
  const lines = ['Resources:'];
  const part = (title: string, key: string): void => {
    const part_ = object(resources, key);
    if (Object.keys(part_).length === 0) return;
    lines.push(` ${title}:`);
    const [cpu, memory, pids] = ['NanoCPUs', 'MemoryBytes', 'Pids'].map((name) =>
      number(part_, name),
    );
    if (cpu) lines.push(`  CPU:\t\t${cpu / 1e9}`);
    if (memory) lines.push(`  Memory:\t${humanBytes(memory)}`);
    if (pids) lines.push(`  PIDs:\t\t${pids}`);
  };
  part('Reservations', 'Reservations');
  part('Limits', 'Limits');
  return lines;
}

function* networkNames(cli: Cli, service: unknown): Op<string[]> {
  const names: string[] = [];
  for (const network of list(service, 'Spec.TaskTemplate.Networks')) {
    const target = text(network, 'Target');
    const found = yield* cli.client.get(`/networks/${target}`);
    names.push(found.ok ? text(found.value, 'Name') : target);
  }
  return names;
}

function* pretty(cli: Cli, service: unknown): Op<string> {
  const labels = pairs(service, 'Spec.Labels')
    .map(([key, value]) => ` ${key}=${value}`)
    .sort();
  const networks = yield* networkNames(cli, service);
  const ports = list(service, 'Endpoint.Ports');
  const lines = [
    '',
    `ID:\t\t${text(service, 'ID')}`,
    `Name:\t\t${text(service, 'Spec.Name')}`,
    ...(labels.length > 0 ? ['Labels:', ...labels] : []),
    ...modeLines(service),
    ...statusLines(cli, at(service, 'UpdateStatus')),
    ...placementLines(service),
    ...updateLines(at(service, 'Spec.UpdateConfig'), 'UpdateConfig', 'Update order'),
    ...updateLines(at(service, 'Spec.RollbackConfig'), 'RollbackConfig', 'Rollback order'),
    ...containerLines(service),
    ...resourceLines(service),
    ...(networks.length > 0 ? [`Networks: ${networks.map((name) => `${name} `).join('')}`] : []),
    `Endpoint Mode:\t${text(service, 'Endpoint.Spec.Mode') || text(service, 'Spec.EndpointSpec.Mode')}`,
    ...(ports.length > 0 ? ['Ports:'] : []),
    ...ports.flatMap((port) => [
      ` PublishedPort = ${number(port, 'PublishedPort')}`,
      `  Protocol = ${text(port, 'Protocol')}`,
      `  TargetPort = ${number(port, 'TargetPort')}`,
      `  PublishMode = ${text(port, 'PublishMode')} `,
    ]),
  ];
  return `${lines.join('\n')}\n\n`;
}
