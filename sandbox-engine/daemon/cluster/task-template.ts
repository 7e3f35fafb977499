// Templates in a service's host name, environment and mounts: `{{.Service.Name}}-{{.Task.Slot}}`; in configs and secrets with
// a template driver also `{{env "A"}}`, `{{secret "target"}}` and `{{config "target"}}`.
// Mirrors: swarmkit template/{context,expand,template}.go, controlapi/service.go (validateContainerSpec).
import {
  CallError,
  type GoType,
  goFunctions,
  parseTemplate,
  type TemplateFunction,
  textFunction,
} from '../../gotemplate/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import {
  type ContainerSpec,
  type SwarmNodeRow,
  type TaskRow,
  taskName,
} from '../../swarmkit/index.ts';

/** What a template sees. */
export interface TemplateContext {
  readonly Service: {
    readonly ID: string;
    readonly Name: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly Node: {
    readonly ID: string;
    readonly Hostname: string;
    readonly Platform: { readonly Architecture: string; readonly OS: string };
  };
  readonly Task: { readonly ID: string; readonly Name: string; readonly Slot: string };
}

export const contextOf = (task: TaskRow, node: SwarmNodeRow): TemplateContext => ({
  Service: { ID: task.serviceId, Name: task.serviceName, Labels: task.serviceLabels },
  Node: {
    ID: node.id,
    Hostname: node.description?.hostname ?? '',
    Platform: {
      Architecture: node.description?.architecture ?? '',
      OS: node.description?.os ?? '',
    },
  },
  Task: {
    ID: task.id,
    Name: taskName(task),
    Slot: task.slot > 0 ? String(task.slot) : task.nodeId,
  },
});

/** A manager tries a service's templates on a task that does not exist, without labels. */
const dummy: TemplateContext = {
  Service: { ID: 'serviceid', Name: 'servicename', Labels: {} },
  Node: {
    ID: 'nodeid',
    Hostname: 'nodeHostname',
    Platform: { Architecture: 'architecture', OS: 'os' },
  },
  Task: { ID: '', Name: 'taskname', Slot: '1' },
};

// ---- the types, for messages ----------------------------------------------------------------------

const text: GoType = { kind: 'string', name: 'string' };
const struct = (name: string, fields: Readonly<Record<string, GoType>>): GoType => ({
  kind: 'struct',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, key: field, type })),
});
const labels: GoType = { kind: 'map', name: 'map[string]string', of: text };
const platform = struct('template.Platform', { Architecture: text, OS: text });
const fields = {
  Service: struct('struct { ID string; Name string; Labels map[string]string }', {
    ID: text,
    Name: text,
    Labels: labels,
  }),
  Node: struct('struct { ID string; Hostname string; Platform template.Platform }', {
    ID: text,
    Hostname: text,
    Platform: platform,
  }),
  Task: struct('struct { ID string; Name string; Slot string }', {
    ID: text,
    Name: text,
    Slot: text,
  }),
};
const pointerTo = (name: string): GoType => ({
  kind: 'pointer',
  name: `*${name}`,
  of: struct(name, fields),
});
const contextType = pointerTo('template.Context');
const payloadType = pointerTo('template.PayloadContext');

// ---- expansion ------------------------------------------------------------------------------------

const plainFunctions: ReadonlyMap<string, TemplateFunction> = new Map([
  ...goFunctions,
  ['join', textFunction(1, true, (separator, ...parts) => parts.join(separator))],
]);

function run(
  source: string,
  context: TemplateContext,
  type: GoType,
  functions: ReadonlyMap<string, TemplateFunction>,
): Result<string, string> {
  if (!source.includes('{{')) return ok(source);
  const parsed = parseTemplate(source, { name: 'expansion', functions });
  return parsed.ok ? parsed.value.execute(context, type, { missingKeyIsError: true }) : parsed;
}

/** Functions of configs and secrets: each answers undefined where there is nothing of that name. */
export interface PayloadFunctions {
  readonly secret: (target: string) => string | undefined;
  readonly config: (target: string) => string | undefined;
  readonly env: (name: string) => string;
}

/** The content of a config or secret with a template driver. */
export function expandPayload(
  source: string,
  context: TemplateContext,
  given: PayloadFunctions,
): Result<string, string> {
  const file = (kind: 'secret' | 'config') =>
    textFunction(1, false, (target) => {
      const found = given[kind](target);
      if (found === undefined) throw new CallError(`${kind} target ${target} not found`);
      return found;
    });
  const functions = new Map([
    ...plainFunctions,
    ['secret', file('secret')],
    ['config', file('config')],
    ['env', textFunction(1, false, given.env)],
  ] as const);
  return run(source, context, payloadType, functions);
}

/** A container's specification with its templates filled in. */
export function expandContainerSpec(
  spec: ContainerSpec,
  context: TemplateContext,
): Result<ContainerSpec, string> {
  const expand = (source: string) => run(source, context, contextType, plainFunctions);
  const env: string[] = [];
  for (const entry of spec.Env ?? []) {
    const equals = entry.indexOf('=');
    const value = expand(equals < 0 ? '' : entry.slice(equals + 1));
    if (!value.ok)
      return err(`expanding env failed: expanding env ${JSON.stringify(entry)}: ${value.error}`);
    env.push(equals < 0 ? entry : `${entry.slice(0, equals)}=${value.value}`);
  }
  const mounts: NonNullable<ContainerSpec['Mounts']>[number][] = [];
  for (const mount of spec.Mounts ?? []) {
    const filled = { ...mount };
    for (const field of ['Source', 'Target'] as const) {
      const given = mount[field];
      if (typeof given !== 'string') continue;
      const value = expand(given);
      const which = `expanding mount ${field.toLowerCase()} ${JSON.stringify(given)}`;
      if (!value.ok) return err(`expanding mounts failed: ${which}: ${value.error}`);
      filled[field] = value.value;
    }
    mounts.push(filled);
  }
  const hostname = expand(spec.Hostname ?? '');
  if (!hostname.ok) return err(`expanding hostname failed: ${hostname.error}`);
  return ok({
    ...spec,
    ...(spec.Env && { Env: env }),
    ...(spec.Mounts && { Mounts: mounts }),
    ...(spec.Hostname !== undefined && { Hostname: hostname.value }),
  });
}

/** What is wrong with a service's templates, as far as can be known without a task. */
export function templateProblem(spec: ContainerSpec | undefined): string | undefined {
  const tried = expandContainerSpec(spec ?? { Image: '' }, dummy);
  return tried.ok ? undefined : tried.error;
}
