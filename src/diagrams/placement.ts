// Where the scheduler put the tasks of a service and why: a table of tasks and nodes with what it saw of each.
import type { PlacedTaskView, PlacementView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { mermaidId, mermaidLabel } from './mermaid-text.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { type SwarmWords, swarmWords } from './swarm-words.ts';
import { labelled, type Twin } from './twin.ts';

type Verdict = PlacedTaskView['verdicts'][number];

/** What the scheduler saw of a node. */
function seen(verdict: Verdict, words: SwarmWords): string {
  if (verdict.refusedBy !== undefined) return words.refusal[verdict.refusedBy];
  if (verdict.spreadOut) return words.spreadOut;
  const failures = verdict.failures > 0 ? ` · ${words.failures(verdict.failures)}` : '';
  return `${words.ranking(verdict.ofService, verdict.all)}${failures}`;
}

/** Why the chosen node was chosen. */
function reason({ verdicts }: PlacedTaskView, words: SwarmWords): string {
  const fit = verdicts.filter(({ refusedBy, spreadOut }) => refusedBy === undefined && !spreadOut);
  const ties = verdicts.filter(({ best }) => best).length;
  if (ties > 1) return words.drawn(ties);
  return fit.length <= 1 ? words.onlyOne : words.fewest;
}

/** Why it is nowhere: who refused it for what; undefined while it has not been looked at. */
function refusals({ verdicts }: PlacedTaskView, words: SwarmWords): string | undefined {
  const counts = new Map<NonNullable<Verdict['refusedBy']>, number>();
  for (const { refusedBy } of verdicts)
    if (refusedBy !== undefined) counts.set(refusedBy, (counts.get(refusedBy) ?? 0) + 1);
  return counts.size === 0
    ? undefined
    : words.noneFits([...counts].map(([filter, n]) => words.refusedOn(words.refusal[filter], n)));
}

const rules = (view: PlacementView, language: Language): string[] => {
  const words = swarmWords[language];
  return [
    ...view.constraints.map((constraint) => labelled(words.constraints, constraint, language)),
    ...view.spread.map((descriptor) => labelled(words.spread, descriptor, language)),
    ...(view.maxReplicas === undefined ? [] : [words.maxReplicas(view.maxReplicas)]),
  ];
};

const isOn = (view: PlacementView, task: PlacedTaskView, node: string): boolean =>
  view.nodes.find(({ id }) => id === node)?.name === task.host;

// ---- Mermaid -------------------------------------------------------------------------------------

export function placementMermaid(view: PlacementView, language: Language): string {
  const words = swarmWords[language];
  const rows = ['flowchart TB'];
  if (!view.found)
    return `${rows[0]}\n${mermaidId('none')}[${mermaidLabel(words.noService(view.service))}]\n`;
  const service = mermaidId(`service ${view.service}`);
  const links: string[] = [];
  const classes = [`class ${service} service`];
  rows.push(`${service}([${mermaidLabel(view.service, ...rules(view, language))}])`);
  for (const node of view.nodes) {
    const frame = mermaidId(`host ${node.name}`);
    const tasks = view.tasks.filter(({ host }) => host === node.name);
    rows.push(`subgraph ${frame} [${mermaidLabel(node.name)}]`);
    let above: string | undefined;
    for (const task of tasks) {
      const id = mermaidId(`task ${task.id}`);
      const verdict = task.verdicts.find((one) => one.node === node.id);
      rows.push(
        `${id}[${mermaidLabel(task.name, verdict ? seen(verdict, words) : '', reason(task, words))}]`,
      );
      links.push(above ? `${above} ~~~ ${id}` : `${service} plain_${links.length}@--> ${id}`);
      above = id;
      classes.push(`class ${id} container`);
    }
    if (tasks.length === 0) {
      const id = mermaidId(`empty ${node.id}`);
      const verdict = view.tasks.at(-1)?.verdicts.find((one) => one.node === node.id);
      rows.push(`${id}[${mermaidLabel(words.noTasks, verdict ? seen(verdict, words) : '')}]`);
      links.push(`${service} ~~~ ${id}`);
      classes.push(`class ${id} down`);
    }
    rows.push('end');
    classes.push(`class ${frame} host-${node.name}`);
  }
  for (const task of view.tasks.filter(({ host }) => host === undefined)) {
    const id = mermaidId(`task ${task.id}`);
    rows.push(`${id}[${mermaidLabel(task.name, words.pending, refusals(task, words) ?? '')}]`);
    links.push(`${service} pending_${links.length}@-.-> ${id}`);
    classes.push(`class ${id} down`);
  }
  return `${[...rows, ...links, ...classes].join('\n')}\n`;
}

// ---- SVG -----------------------------------------------------------------------------------------

const nameWidth = 84;
const cellWidth = 164;
const rowHeight = 46;
const margin = 10;
const head = 44;

export function placementSvg(view: PlacementView, language: Language): string {
  const words = swarmWords[language];
  if (!view.found)
    return svgImage(520, 70, [svgText(260, 40, words.noService(view.service), 'note')]);
  const notes = rules(view, language);
  const top = margin + (notes.length > 0 ? 24 : 0);
  const width = margin * 2 + nameWidth + view.nodes.length * cellWidth;
  const height = top + head + Math.max(1, view.tasks.length) * rowHeight + margin;
  const body: string[] = [];
  if (notes.length > 0)
    body.push(svgText(margin, margin + 14, notes.join('   '), 'address', 'start'));
  view.nodes.forEach((node, i) => {
    const x = margin + nameWidth + i * cellWidth;
    body.push(
      svgRect(x + 3, top, cellWidth - 6, height - top - margin / 2, `frame d-${node.name}`, 10),
      svgText(x + cellWidth / 2, top + 26, node.name, `host-name d-${node.name}`),
    );
  });
  view.tasks.forEach((task, n) => {
    const y = top + head + n * rowHeight;
    body.push(
      svgPath(`M${margin} ${y}H${width - margin}`, 'rule'),
      svgText(
        margin,
        y + (task.host === undefined ? 20 : 27),
        shortened(task.name),
        'strong',
        'start',
      ),
      ...(task.host === undefined
        ? [svgText(margin, y + 36, words.pending, 'note d-bad', 'start')]
        : []),
    );
    view.nodes.forEach((node, i) => {
      const verdict = task.verdicts.find((one) => one.node === node.id);
      const x = margin + nameWidth + i * cellWidth;
      const here = task.host === node.name;
      if (here)
        body.push(svgRect(x + 8, y + 4, cellWidth - 16, rowHeight - 8, 'container d-chosen', 6));
      const middle = x + cellWidth / 2;
      const line = verdict ? fitted(seen(verdict, words)) : '';
      if (here)
        body.push(
          svgText(middle, y + 20, fitted(reason(task, words)), 'note d-own-address'),
          svgText(middle, y + 35, line, 'note'),
        );
      else if (line)
        body.push(svgText(middle, y + 27, line, verdict?.refusedBy ? 'note d-bad' : 'note'));
    });
  });
  return svgImage(width, height, body);
}

const shortened = (name: string): string => (name.length > 12 ? `${name.slice(0, 11)}…` : name);
const fitted = (text: string): string => {
  let out = text;
  while (textWidth(out, 11.5) > cellWidth - 14) out = `${out.slice(0, -2)}…`;
  return out;
};

// ---- words ---------------------------------------------------------------------------------------

export function placementTwin(view: PlacementView, language: Language): Twin {
  const words = swarmWords[language];
  if (!view.found) return { summary: words.noService(view.service), items: [] };
  const hosts = new Set(view.tasks.flatMap(({ host }) => host ?? []));
  const nameOf = (id: string) => view.nodes.find((node) => node.id === id)?.name ?? id;
  return {
    summary: words.placementSummary(
      view.service,
      view.tasks.length,
      hosts.size,
      view.tasks.filter(({ host }) => host === undefined).length,
    ),
    items: [
      ...rules(view, language).map((text) => ({ text })),
      ...view.tasks.map((task) => ({
        text:
          task.host === undefined
            ? [
                labelled(task.name, words.pending, language),
                refusals(task, words),
                task.error === undefined ? undefined : words.reported(task.error),
              ]
                .filter((part) => part !== undefined)
                .join(language === 'zh' ? '；' : '; ')
            : labelled(`${task.name} → ${task.host}`, reason(task, words), language),
        items: task.verdicts.map((verdict) => ({
          text: `${labelled(nameOf(verdict.node), seen(verdict, words), language)}${isOn(view, task, verdict.node) ? ` ← ${words.assigned}` : ''}`,
        })),
      })),
    ],
  };
}
