// Placeholders in a service's host name, environment and mounts: `{{.Service.Name}}-{{.Task.Slot}}`; in configs and secrets
// with a template driver also `{{env "A"}}`, `{{secret "target"}}` and `{{config "target"}}`.
// Mirrors: swarmkit template/context.go. Differs: of Go's templates only plain fields and `index .Service.Labels "k"`.
import { type SwarmNodeRow, type TaskRow, taskName } from '../../swarmkit/index.ts';

function field(path: string, task: TaskRow, node: SwarmNodeRow): string | undefined {
  const description = node.description;
  switch (path) {
    case '.Service.ID':
      return task.serviceId;
    case '.Service.Name':
      return task.serviceName;
    case '.Node.ID':
      return node.id;
    case '.Node.Hostname':
      return description?.hostname ?? '';
    case '.Node.Platform.Architecture':
      return description?.architecture ?? '';
    case '.Node.Platform.OS':
      return description?.os ?? '';
    case '.Task.ID':
      return task.id;
    case '.Task.Name':
      return taskName(task);
    case '.Task.Slot':
      return task.slot > 0 ? String(task.slot) : task.nodeId;
    default:
      return undefined;
  }
}

/** What is not a known field stays as it is. `call`: functions of one argument, as secrets and configs have them. */
export function expand(
  text: string,
  task: TaskRow,
  node: SwarmNodeRow,
  call: (name: string, argument: string) => string | undefined = () => undefined,
): string {
  return text.replace(/\{\{\s*(.*?)\s*\}\}/g, (whole, inside: string) => {
    const [, label] =
      /^index \.Service\.Labels "([^"]*)"$/.exec(inside) ??
      /^\.Service\.Labels\.([\w-]+)$/.exec(inside) ??
      [];
    if (label !== undefined) return task.serviceLabels[label] ?? '';
    const [, name = '', argument = ''] = /^(\w+) "([^"]*)"$/.exec(inside) ?? [];
    return field(inside, task, node) ?? call(name, argument) ?? whole;
  });
}
