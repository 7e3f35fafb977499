// What Mermaid gets for `elkjs` (see src/build/paced-mermaid.ts): the same interface, but the layout is worked out in a
// worker, so that the page goes on meanwhile. One worker serves all drawings.
import Elk, { type ELK, type ElkNode } from 'elkjs/lib/elk-api.js';

/** A graph or a part of it: ELK's own fields, and whatever Mermaid keeps beside them. */
type Part = Record<string, unknown>;

/** The fields that ELK reads; Mermaid's elements and functions beside them cannot be sent to a worker. */
const read = [
  ...['id', 'x', 'y', 'width', 'height', 'text', 'layoutOptions', 'source', 'target'],
  ...['sourcePort', 'targetPort', 'sources', 'targets', 'sections', 'bendPoints'],
];
const parts = ['children', 'ports', 'edges', 'labels'];

function copyOf(part: Part): Part {
  const copy: Part = {};
  for (const key of read) if (part[key] !== undefined) copy[key] = part[key];
  for (const key of parts)
    if (Array.isArray(part[key])) copy[key] = (part[key] as Part[]).map(copyOf);
  return copy;
}

/** Writes the answer into the graph that was asked about, as ELK does where both are in one thread. */
function take(part: Part, answer: Part): void {
  for (const [key, value] of Object.entries(answer)) {
    const own = part[key];
    if (parts.includes(key) && Array.isArray(value) && Array.isArray(own))
      value.forEach((inner: Part, i) => {
        take(own[i], inner);
      });
    else part[key] = value;
  }
}

let worker: ELK | undefined;

export default class {
  async layout(graph: ElkNode): Promise<ElkNode> {
    worker ??= new Elk({
      workerFactory: () =>
        new Worker(new URL('./elk-worker.ts', import.meta.url), { type: 'module', name: 'layout' }),
    });
    const asked = graph as unknown as Part;
    const answer = await worker.layout(copyOf(asked) as unknown as ElkNode);
    take(asked, answer as unknown as Part);
    return graph;
  }
}
