// What drawings there are, and which attributes of `<Diagram>` each takes.
import type { DiagramName, ViewParameters } from '../../sandbox-engine/protocol/index.ts';

interface Kind {
  readonly needs: readonly string[];
  readonly takes: readonly string[];
}

export const diagramKinds: Readonly<Record<DiagramName, Kind>> = {
  lan: { needs: [], takes: [] },
  host: { needs: ['host'], takes: [] },
  swarm: { needs: [], takes: [] },
  attachments: { needs: ['host', 'network'], takes: ['gateway'] },
  request: { needs: [], takes: ['port'] },
  directions: { needs: ['service'], takes: [] },
  placement: { needs: ['service'], takes: [] },
};

export const isDiagram = (view: string | undefined): view is DiagramName =>
  view !== undefined && Object.hasOwn(diagramKinds, view);

/** Attributes of a drawing that are about what is drawn, by name. */
export function diagramParameters(
  view: DiagramName,
  attributes: Readonly<Record<string, string | undefined>>,
): ViewParameters {
  const { needs, takes } = diagramKinds[view];
  return Object.fromEntries(
    [...needs, ...takes].flatMap((name) => {
      const value = attributes[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
