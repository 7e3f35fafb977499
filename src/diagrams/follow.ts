// What belongs together in a drawing: for following one container, and for showing where a packet is. Works on the ids of
// Mermaid's text, which are the same in every drawing of the same thing.
import type {
  AttachmentsView,
  DiagramName,
  HostView,
  LanView,
  PlacementView,
  RequestStep,
  RequestView,
  SwarmView,
} from '../../sandbox-engine/protocol/index.ts';
import { shortContainer } from './host-picture.ts';
import { mermaidId } from './mermaid-text.ts';
import { requestPicture } from './request-picture.ts';

/** Something that can be followed: its name, and the ids of what is its own. */
export interface Followed {
  readonly id: string;
  readonly label: string;
  readonly own: readonly string[];
}

export function followable(name: DiagramName, value: unknown): readonly Followed[] {
  switch (name) {
    case 'host':
      return (value as HostView).namespaces
        .filter(({ kind }) => kind !== 'host')
        .map((box) =>
          one(box.id, shortContainer(box.name), [box.id, ...box.devices.map(({ id }) => id)]),
        );
    case 'swarm':
      return (value as SwarmView).hosts.flatMap((host) => [
        ...host.tasks.map((task) =>
          one(task.id, `${task.name} (${host.name})`, [
            `task ${task.id}`,
            `host ${host.name}`,
            `eth ${host.name}`,
          ]),
        ),
        ...host.containers.map((container) =>
          one(`${host.name} ${container.name}`, `${container.name} (${host.name})`, [
            `container ${host.name} ${container.name}`,
            `host ${host.name}`,
            `eth ${host.name}`,
          ]),
        ),
      ]);
    case 'lan':
      return (value as LanView).hosts.flatMap((host) =>
        host.containers.map((container) =>
          one(`${host.name} ${container.name}`, `${container.name} (${host.name})`, [
            `container ${host.name} ${container.name}`,
            `host ${host.name}`,
            `eth ${host.name}`,
          ]),
        ),
      );
    case 'attachments':
      return (value as AttachmentsView).attachments.map(({ id, task, name: own }) =>
        one(id, task ?? own, [`attachment ${id}`]),
      );
    case 'placement':
      return (value as PlacementView).tasks.map(({ id, name: own, host }) =>
        one(id, own, [`task ${id}`, ...(host === undefined ? [] : [`host ${host}`])]),
      );
    case 'request':
    case 'directions':
      return [];
  }
}

const one = (id: string, label: string, own: readonly string[]): Followed => ({
  id,
  label,
  own: own.map(mermaidId),
});

const linkLine = /^(\S+) (\w+)@(?:-\.-|---|-->|-\.->)(?:\|.*\|)? (\S+)$/;

/** Lines and the two things that each joins, by the id of the line. */
export function linksOf(text: string): ReadonlyMap<string, readonly [string, string]> {
  const links = new Map<string, readonly [string, string]>();
  for (const line of text.split('\n')) {
    const [, from, id, to] = linkLine.exec(line) ?? [];
    if (from !== undefined && id !== undefined && to !== undefined) links.set(id, [from, to]);
  }
  return links;
}

/** Its own parts, the lines on them, and what stands at the other end of those; from a bridge also its tunnel. */
export function kept(text: string, own: readonly string[]): ReadonlySet<string> {
  const links = [...linksOf(text)];
  const mine = new Set(own);
  const ids = new Set(own);
  const near = new Set<string>();
  for (const [id, [from, to]] of links) {
    if (!mine.has(from) && !mine.has(to)) continue;
    ids.add(id);
    for (const end of [from, to]) if (!mine.has(end)) near.add(end);
  }
  for (const end of near) ids.add(end);
  for (const [id, [from, to]] of links)
    if (near.has(from) && isTunnel(text, to)) {
      ids.add(id);
      ids.add(to);
    }
  return ids;
}

const isTunnel = (text: string, id: string): boolean => text.includes(`class ${id} dev-vxlan\n`);

// ---- packets -------------------------------------------------------------------------------------

/** The packet's stages that a drawing can show; in a drawing of one host, those on it. */
export function stepsShown(
  name: DiagramName,
  value: unknown,
  request: RequestView,
): readonly RequestStep[] {
  const steps = [...request.there, ...request.back];
  if (name !== 'host' && name !== 'attachments') return steps;
  const { host } = value as HostView | AttachmentsView;
  const here = new Set(request.places.filter((place) => place.host === host).map(({ id }) => id));
  return steps.filter(({ place }) => here.has(place));
}

/** Where a packet is at a stage, as ids of the drawing. */
export function idsAt(
  name: DiagramName,
  value: unknown,
  request: RequestView,
  step: RequestStep,
): readonly string[] {
  const place = request.places.find(({ id }) => id === step.place);
  if (!place) return [];
  if (name === 'host') {
    const box = (value as HostView).namespaces.find(({ id }) => id === step.place);
    const device = box?.devices.find((candidate) => candidate.name === step.device);
    return [step.place, ...(device ? [device.id] : [])].map(mermaidId);
  }
  if (name === 'attachments')
    return (value as AttachmentsView).attachments
      .filter((attachment) => attachment.name === place.name)
      .map(({ id }) => mermaidId(`attachment ${id}`));
  const ids = [`host ${place.host}`];
  if (name === 'lan') ids.push(`container ${place.host} ${place.name}`);
  if (name === 'swarm') {
    const id = /^.+\.([0-9a-z]{25})$/.exec(place.name)?.[1];
    if (id !== undefined) ids.push(`task ${id}`);
    ids.push(`container ${place.host} ${place.name}`);
    if (place.kind === 'host') ids.push(`eth ${place.host}`);
  }
  return ids.map(mermaidId);
}

/** In a sequence: the number of the arrow or note (each counted apart) that tells a stage. */
export function rowAt(
  request: RequestView,
  step: RequestStep,
): { readonly kind: 'arrow' | 'note'; readonly index: number } | undefined {
  let [arrows, notes] = [0, 0];
  const found: { kind: 'arrow' | 'note'; index: number }[] = [];
  for (const row of requestPicture(request).rows) {
    if (row.kind === 'arrow') {
      if (row.steps.includes(step.id)) found.push({ kind: 'arrow', index: arrows });
      arrows += 1;
    } else {
      // The heading of each way is a note of Mermaid's too.
      if (row.kind === 'note' && row.steps.includes(step.id))
        found.push({ kind: 'note', index: notes });
      notes += 1;
    }
  }
  return found.find(({ kind }) => kind === 'note') ?? found[0];
}
