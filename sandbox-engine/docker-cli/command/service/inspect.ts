// docker service inspect, with its form for people.
//
// Mirrors: docker/cli cli/command/service/{inspect,formatter}.go.
import { goDuration } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { err, ok, sortedBy } from '../../../std/index.ts';
import type { Cli, Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { humanBytes } from '../../flags/sizes.ts';
import { inspectOrPretty, type Lookup } from '../../inspect/inspect.ts';
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

export const inspect = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  inspectOrPretty(cli, flags, names, lookup(cli), (service) => pretty(cli, service));

const sortedPairs = (value: unknown, path: string) => sortedBy(pairs(value, path), ([key]) => key);

function updateLines(config: unknown, title: string, order: string): string[] {
  if (config === undefined || config === null) return [];
  const delay = number(config, 'Delay');
  return [
    `${title}:`,
    ` Parallelism:\t${number(config, 'Parallelism')}`,
    ...(delay > 0 ? [` Delay:\t\t${goDuration(delay)}`] : []),
    ` On failure:\t${text(config, 'FailureAction')}`,
    ...(number(config, 'Monitor') > 0
      ? [` Monitoring Period: ${goDuration(number(config, 'Monitor'))}`]
      : []),
    ` Max failure ratio: ${number(config, 'MaxFailureRatio')}`,
    ` ${order}:`.padEnd(20) + text(config, 'Order'),
  ];
}

function modeLines(service: unknown): string[] {
  const mode = object(service, 'Spec.Mode');
  if (at(mode, 'Global')) return ['Service Mode:\tGlobal'];
  // The form for people knows nothing of jobs.
  if (!at(mode, 'Replicated')) return ['Service Mode:'];
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
    ...(perNode > 0 ? [` Max Replicas Per Node:   ${perNode}`] : []),
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
  lines.push(...privilegeLines(spec));
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

function privilegeLines(spec: unknown): string[] {
  const [add, drop] = [texts(spec, 'CapabilityAdd'), texts(spec, 'CapabilityDrop')];
  const sysctls = sortedPairs(spec, 'Sysctls');
  const ulimits = sortedBy(list(spec, 'Ulimits'), (item) => text(item, 'Name'));
  return [
    ...(add.length + drop.length > 0 ? ['Capabilities:'] : []),
    ...(add.length > 0 ? [` Add: ${add.join(', ')}`] : []),
    ...(drop.length > 0 ? [` Drop: ${drop.join(', ')}`] : []),
    ...(sysctls.length > 0 ? ['SysCtls:'] : []),
    ...sysctls.map(([key, value]) => (value ? ` ${key}: ${value}` : ` ${key}`)),
    ...(ulimits.length > 0 ? ['Ulimits:'] : []),
    ...ulimits.map(
      (item) => ` ${text(item, 'Name')}: ${number(item, 'Soft')}:${number(item, 'Hard')}`,
    ),
  ];
}

/** An empty line follows. */
function logLines(service: unknown): string[] {
  const driver = at(service, 'Spec.TaskTemplate.LogDriver');
  if (!driver) return [];
  const options = sortedPairs(driver, 'Options');
  return [
    'Log Driver:',
    ...(text(driver, 'Name') ? [` Name:\t\t${text(driver, 'Name')}`] : []),
    ...(options.length > 0 ? [' LogOpts:'] : []),
    ...options.map(([key, value]) => (value ? `  ${key}:       ${value}` : `  ${key}`)),
    '',
  ];
}

function healthLines(service: unknown): string[] {
  const check = at(service, 'Spec.TaskTemplate.ContainerSpec.Healthcheck');
  if (!check) return [];
  const tests = texts(check, 'Test');
  return [
    ' Healthcheck:',
    `  Interval = ${goDuration(number(check, 'Interval'))}`,
    `  Retries = ${number(check, 'Retries')}`,
    `  StartPeriod =\t${goDuration(number(check, 'StartPeriod'))}`,
    `  Timeout =\t${goDuration(number(check, 'Timeout'))}`,
    ...(tests.length > 0 ? ['  Tests:'] : []),
    ...tests.map((test, n) => `\t Test = ${test}${n === tests.length - 1 ? ' ' : ''}`),
  ];
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
  const labels = sortedPairs(service, 'Spec.Labels').map(([key, value]) =>
    value ? ` ${key}=${value}` : ` ${key}`,
  );
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
    ...logLines(service),
    ...resourceLines(service),
    ...(networks.length > 0 ? [`Networks: ${networks.map((name) => `${name} `).join('')}`] : []),
    `Endpoint Mode:\t${text(service, 'Endpoint.Spec.Mode') || text(service, 'Spec.EndpointSpec.Mode')}`,
    ...(ports.length > 0 ? ['Ports:'] : []),
    ...ports.flatMap((port, n) => [
      ` PublishedPort = ${number(port, 'PublishedPort')}`,
      `  Protocol = ${text(port, 'Protocol')}`,
      `  TargetPort = ${number(port, 'TargetPort')}`,
      `  PublishMode = ${text(port, 'PublishMode')}${n === ports.length - 1 ? ' ' : ''}`,
    ]),
    ...healthLines(service),
  ];
  return `${lines.join('\n')}\n\n`;
}
