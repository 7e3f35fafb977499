// One request as a sequence, before it is known how it is drawn: who takes part, and what happens in order. Overlay
// namespaces and the tunnel between hosts are not stations of their own: they are told on the arrow that crosses them.
import type {
  Decision,
  PacketAddresses,
  RequestPlace,
  RequestStep,
  RequestView,
} from '../../sandbox-engine/protocol/index.ts';

export interface Actor {
  readonly id: string;
  readonly host: string;
  readonly kind: RequestPlace['kind'] | 'process';
  readonly name: string;
}
export type SequenceRow =
  | { readonly kind: 'way'; readonly way: 'there' | 'back' }
  | {
      readonly kind: 'arrow';
      readonly from: string;
      readonly to: string;
      readonly addresses: PacketAddresses;
      /** The overlay namespaces that it crossed, and the tunnel if there was one. */
      readonly through: readonly string[];
      readonly tunnel: RequestStep['tunnel'];
      readonly steps: readonly string[];
    }
  | {
      readonly kind: 'note';
      readonly at: string;
      readonly decision: Decision;
      /** What it changed: only the half that is another now. */
      readonly change: {
        readonly what: 'source' | 'destination';
        readonly from: string;
        readonly to: string;
      }[];
      /** What the rule's counter says, if a rule it was. */
      readonly matched?: number;
      readonly drop: boolean;
      readonly steps: readonly string[];
    };

export interface RequestPicture {
  readonly actors: readonly Actor[];
  readonly rows: readonly SequenceRow[];
  readonly translations: number;
}

export function requestPicture(view: RequestView): RequestPicture {
  const places = new Map(view.places.map((place) => [place.id, place]));
  const actors = new Map<string, Actor>();
  const rows: SequenceRow[] = [];
  const delivered = view.there.at(-1);
  const server = delivered?.kind === 'deliver' ? delivered.program : undefined;
  let current: string | undefined;

  for (const way of ['there', 'back'] as const) {
    if (view[way].length === 0) continue;
    rows.push({ kind: 'way', way });
    follow(view[way], way);
  }
  return {
    actors: [...actors.values()],
    rows,
    translations: view.there.filter(
      ({ kind, before, after }) => kind === 'translate' && !same(before, after),
    ).length,
  };

  function follow(steps: readonly RequestStep[], way: 'there' | 'back'): void {
    let through: string[] = [];
    let tunnel: RequestStep['tunnel'];
    let passed: string[] = [];
    const [first] = steps;
    const process = processActor(first?.place);
    if (way === 'back' && first && process && current === process.id) {
      meet(first.place);
      rows.push({
        kind: 'arrow',
        from: process.id,
        to: first.place,
        addresses: first.before,
        through: [],
        tunnel: undefined,
        steps: [first.id],
      });
      current = first.place;
    }
    for (const step of steps) {
      passed.push(step.id);
      const place = places.get(step.place);
      if (step.tunnel) tunnel = { ...tunnel, ...step.tunnel };
      if (place?.kind === 'overlay' && !through.includes(place.name)) through.push(place.name);
      if (step.tunnel || place?.kind === 'overlay') {
        if (step.kind === 'drop' && current !== undefined) note(step, current, true);
        continue;
      }
      meet(step.place);
      if (current !== undefined && current !== step.place) {
        rows.push({
          kind: 'arrow',
          from: current,
          to: step.place,
          addresses: step.before,
          through,
          tunnel,
          steps: passed,
        });
        through = [];
        tunnel = undefined;
        passed = [];
      }
      current = step.place;
      if (step.kind === 'drop') note(step, current, true);
      else if (step.kind === 'translate' || marks(step.decision)) note(step, current, false);
      if (step.kind === 'deliver') deliver(step, way);
    }
  }

  function deliver(step: RequestStep, way: 'there' | 'back'): void {
    const process = way === 'there' ? processActor(step.place) : undefined;
    if (!process) return;
    actors.set(process.id, process);
    rows.push({
      kind: 'arrow',
      from: step.place,
      to: process.id,
      addresses: step.after,
      through: [],
      tunnel: undefined,
      steps: [step.id],
    });
    current = process.id;
  }

  function processActor(place: string | undefined): Actor | undefined {
    const found = places.get(place ?? '');
    if (!found || server === undefined || place !== delivered?.place) return undefined;
    return { id: `${found.id} process`, host: found.host, kind: 'process', name: server };
  }

  function meet(id: string): void {
    const place = places.get(id);
    if (place && !actors.has(id)) actors.set(id, place);
  }

  function note(step: RequestStep, at: string, drop: boolean): void {
    const change = (['source', 'destination'] as const).flatMap((what) =>
      step.before[what] === step.after[what]
        ? []
        : [{ what, from: step.before[what], to: step.after[what] }],
    );
    const { decision, matched } = step;
    rows.push({
      kind: 'note',
      at,
      decision,
      change,
      ...(matched !== undefined && { matched }),
      drop,
      steps: [step.id],
    });
  }
}

const marks = (decision: Decision): boolean =>
  decision.kind === 'rule' && decision.effect.target === 'MARK';

const same = (a: PacketAddresses, b: PacketAddresses): boolean =>
  a.source === b.source && a.destination === b.destination;
