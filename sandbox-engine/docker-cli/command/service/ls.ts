// docker service ls, rm, scale, rollback.
//
// Mirrors: docker/cli cli/command/service/{list,formatter,remove,scale,rollback}.go.
import type { Op } from '../../../sim/index.ts';
import { compareNatural, compareText } from '../../../std/index.ts';
import { type Cli, fail, failAll, type Outcome } from '../../cli.ts';
import { filterJson, filterPairs } from '../../client.ts';
import type { Flags } from '../../flags/parse.ts';
import { checkValue } from '../../flags/values.ts';
import { familiarImage, shortId } from '../../formatter/display.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { at, type Json, list, number, object, text, texts } from '../../json.ts';
import { serviceProgress } from '../../progress/service.ts';
import { printRows } from '../list-command.ts';

function modeText(service: unknown): string {
  const mode = object(service, 'Spec.Mode');
  if (at(mode, 'Global')) return 'global';
  if (at(mode, 'GlobalJob')) return 'global job';
  if (at(mode, 'ReplicatedJob')) return 'replicated job';
  return at(mode, 'Replicated') ? 'replicated' : '';
}

function replicasText(service: unknown): string {
  const [up = 0, wanted = 0, done = 0] = ['RunningTasks', 'DesiredTasks', 'CompletedTasks'].map(
    (key) => number(service, `ServiceStatus.${key}`),
  );
  const perNode = number(service, 'Spec.TaskTemplate.Placement.MaxReplicas');
  const mode = object(service, 'Spec.Mode');
  if (at(mode, 'Replicated') && perNode > 0) return `${up}/${wanted} (max ${perNode} per node)`;
  if (at(mode, 'GlobalJob')) return `${up}/${wanted} (${done}/${wanted + done} completed)`;
  if (at(mode, 'ReplicatedJob')) {
    const total = number(mode, 'ReplicatedJob.TotalCompletions');
    return `${up}/${wanted} (${done}/${total} completed)`;
  }
  return `${up}/${wanted}`;
}

/** The ports of the routing mesh; neighbours become a range. */
function portsText(service: unknown): string {
  const ports = [...list(service, 'Endpoint.Ports')].sort(
    (a, b) =>
      compareText(text(a, 'Protocol'), text(b, 'Protocol')) ||
      number(a, 'PublishedPort') - number(b, 'PublishedPort'),
  );
  const shown: string[] = [];
  let open: { p: [number, number]; t: [number, number]; protocol: string } | undefined;
  const range = ([from, to]: [number, number]): string =>
    from === to ? `${from}` : `${from}-${to}`;
  const close = (): void => {
    if (open) shown.push(`*:${range(open.p)}->${range(open.t)}/${open.protocol}`);
  };
  for (const port of ports) {
    if (text(port, 'PublishMode') !== 'ingress') continue;
    const [published, target] = [number(port, 'PublishedPort'), number(port, 'TargetPort')];
    const protocol = text(port, 'Protocol');
    const step = open ? [published - open.p[1], target - open.t[1]] : [];
    const fits =
      open !== undefined &&
      protocol === open.protocol &&
      (step[0] ?? 2) <= 1 &&
      (step[1] === 0 || step[1] === 1) &&
      !(open.t[0] !== open.t[1] && target <= open.t[1]);
    if (open && fits) {
      open.p[1] = published;
      open.t[1] = target;
    } else {
      close();
      open = { p: [published, published], t: [target, target], protocol };
    }
  }
  close();
  return shown.join(', ');
}

export const serviceFormat: RowFormat<unknown> = {
  typeName: '*service.serviceContext',
  fields: {
    ID: (s) => shortId(text(s, 'ID')),
    Name: (s) => text(s, 'Spec.Name'),
    Mode: modeText,
    Replicas: replicasText,
    Image: (s) => familiarImage(text(s, 'Spec.TaskTemplate.ContainerSpec.Image')),
    Ports: portsText,
  },
  table: '{{.ID}}\\t{{.Name}}\\t{{.Mode}}\\t{{.Replicas}}\\t{{.Image}}\\t{{.Ports}}',
  raw: 'id: {{.ID}}\\nname: {{.Name}}\\nmode: {{.Mode}}\\nreplicas: {{.Replicas}}\\nimage: {{.Image}}\\nports: {{.Ports}}\\n',
};

export const byName = (services: unknown): unknown[] =>
  [...list(services)].sort((a, b) => compareNatural(text(a, 'Spec.Name'), text(b, 'Spec.Name')));

export function* ls(cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.get('/services', {
    status: 'true',
    filters: filterJson(filterPairs(flags.list('filter'))),
  });
  if (!answer.ok) return fail(answer.error.message);
  return yield* printRows(cli, flags, serviceFormat, byName(answer.value));
}

export function* rm(cli: Cli, _flags: Flags, names: readonly string[]): Op<Outcome> {
  const errors: string[] = [];
  for (const name of names) {
    const answer = yield* cli.client.request('DELETE', `/services/${name}`);
    if (answer.ok) yield* cli.out(`${name}\n`);
    else errors.push(answer.error.message);
  }
  return failAll(errors);
}

/** Sets the number of replicas of one service; answers the error. */
function* scaleOne(cli: Cli, name: string, replicas: string): Op<string | undefined> {
  const found = yield* cli.client.get(`/services/${name}`);
  if (!found.ok) return found.error.message;
  const spec = object(found.value, 'Spec');
  const count = Number(replicas);
  let mode: Json;
  if (at(spec, 'Mode.Replicated'))
    mode = { Replicated: { ...object(spec, 'Mode.Replicated'), Replicas: count } };
  else if (at(spec, 'Mode.ReplicatedJob'))
    mode = { ReplicatedJob: { ...object(spec, 'Mode.ReplicatedJob'), TotalCompletions: count } };
  else return 'scale can only be used with replicated or replicated-job mode';
  const answer = yield* cli.client.post(
    `/services/${text(found.value, 'ID')}/update`,
    { version: number(found.value, 'Version.Index') },
    { ...spec, Mode: mode },
  );
  if (!answer.ok) return answer.error.message;
  for (const warning of texts(answer.value, 'Warnings')) yield* cli.err(`${warning}\n`);
  yield* cli.out(`${name} scaled to ${replicas}\n`);
  return undefined;
}

export function* scale(cli: Cli, flags: Flags, specifiers: readonly string[]): Op<Outcome> {
  const wrong = specifiers.find((word) => !/^[^=]+=.+/.test(word));
  if (wrong !== undefined)
    return fail(
      `invalid scale specifier '${wrong}'.\nSee '${cli.path} --help'.\n\nUsage:  ${cli.path} ${cli.spec.usage}\n\n${cli.spec.description}`,
    );
  const errors: string[] = [];
  const scaled: string[] = [];
  for (const word of specifiers) {
    const equals = word.indexOf('=');
    const [name, replicas] = [word.slice(0, equals), word.slice(equals + 1)];
    const problem = checkValue('uint', '', replicas);
    if (problem) {
      errors.push(`${name}: invalid replicas value ${replicas}: ${problem}`);
      continue;
    }
    const failed = yield* scaleOne(cli, name, replicas);
    if (failed === undefined) scaled.push(name);
    else errors.push(`${name}: ${failed}`);
  }
  if (!flags.on('detach'))
    for (const name of scaled) {
      const outcome = yield* serviceProgress(cli, name, false);
      if (outcome) errors.push(`${name}: ${outcome.message}`);
    }
  return failAll(errors);
}

export function* rollback(cli: Cli, flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  const found = yield* cli.client.get(`/services/${name}`);
  if (!found.ok) return fail(found.error.message);
  const answer = yield* cli.client.post(
    `/services/${text(found.value, 'ID')}/update`,
    {
      version: number(found.value, 'Version.Index'),
      rollback: 'previous',
      registryAuthFrom: 'spec',
    },
    at(found.value, 'Spec'),
  );
  if (!answer.ok) return fail(answer.error.message);
  for (const warning of texts(answer.value, 'Warnings')) yield* cli.err(`${warning}\n`);
  yield* cli.out(`${name}\n`);
  if (flags.on('detach')) return undefined;
  return yield* serviceProgress(cli, name, flags.on('quiet'));
}
