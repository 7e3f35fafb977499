// Mermaid draws in one go, and a key that is pressed meanwhile waits for its end. Here its loops over nodes and edges get
// pauses (src/islands/breath.ts), and its layout library is put into a worker (src/islands/elk.ts). Each place is looked up
// by its text: a version of Mermaid that has it elsewhere does not build.
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const island = (name: string): string =>
  fileURLToPath(new URL(`../islands/${name}.ts`, import.meta.url));

/** Functions of Mermaid that begin with a pause. */
const paced = [
  'async function insertMeasuredNode(nodesGroup, node, renderOptions) {',
  'async function measureGroupLabel(nodesGroup, node, measureWidth) {',
  'async function paintLayoutNode(groups, node, context, options) {',
  'async function paintLayoutEdge(groups, edge, nodeById, data4Layout, options, context) {',
  // Of sequences.
  'async function getMaxMessageWidthPerActor(actors, messages, diagObj) {',
  'async function boundMessage(_diagram, msgModel) {',
  '__name(async function(msg, actors, diagObj) {',
  '__name(async function(elem, noteModel, id) {',
  '__name(async function(elem, actor, conf2, isFooter, diagramId, diagObj, actorIndexMap) {',
  '__name(async function(diagram2, msgModel, lineStartY, diagObj, msg, diagramId) {',
];
/** Stages of Mermaid's drawing that begin after a pause. */
const stages = [
  'await diag.renderer.draw(text, id38, "12.3.0", diag);',
  'const element = root.select(enclosingDivID_selector).node();',
  'const svgCode = false ? await',
];
const places = [...paced, ...stages];

/** Mermaid's code with its pauses; undefined for a file in which there is no place for one. */
function withPauses(code: string, open: Set<string>): string | undefined {
  const found = places.filter((place) => code.includes(place));
  if (found.length === 0) return undefined;
  let out = code;
  for (const place of found) {
    open.delete(place);
    const pause = 'await __breath();';
    out = out.replace(place, paced.includes(place) ? `${place} ${pause}` : `${pause} ${place}`);
  }
  return `import { breath as __breath } from ${JSON.stringify(island('breath'))};\n${out}`;
}

export function pacedMermaid(): AstroIntegration {
  return {
    name: 'paced-mermaid',
    hooks: {
      'astro:config:setup': ({ updateConfig }) => {
        const open = new Set(places);
        const plugin = {
          name: 'paced-mermaid',
          enforce: 'pre' as const,
          resolveId: (source: string) =>
            source === 'elkjs/lib/elk.bundled.js' ? island('elk') : undefined,
          transform: (code: string, id: string) =>
            id.includes('/mermaid/dist/') ? withPauses(code, open) : undefined,
          generateBundle() {
            // The server's build has no Mermaid in it.
            if (open.size > 0 && open.size < places.length)
              throw new Error(`Mermaid has changed: there is no ${[...open].join(' and no ')}`);
          },
        };
        updateConfig({ vite: { plugins: [plugin] } });
      },
    },
  };
}
