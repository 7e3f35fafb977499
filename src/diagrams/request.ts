// One request as a sequence: Mermaid's text, our own SVG, and words.
import type {
  RequestStep,
  RequestView,
  ViewParameters,
} from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { decisionText } from './decision-words.ts';
import { shortContainer } from './host-picture.ts';
import { mermaidId, mermaidLabel, wrapped } from './mermaid-text.ts';
import {
  type Actor,
  type RequestPicture,
  requestPicture,
  type SequenceRow,
} from './request-picture.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { type SwarmWords, swarmWords } from './swarm-words.ts';
import { labelled, type Twin, type TwinItem } from './twin.ts';

type Arrow = Extract<SequenceRow, { kind: 'arrow' }>;
type Note = Extract<SequenceRow, { kind: 'note' }>;

const hex = (n: number): string => `0x${n.toString(16)}`;

/** What is said of an arrow: the addresses, and what it crossed. */
function arrowLines(row: Arrow, words: SwarmWords): string[] {
  const { source, destination } = row.addresses;
  return [`${source} → ${destination}`, ...crossingLines(row.tunnel, row.through, words)];
}

function crossingLines(
  tunnel: RequestStep['tunnel'],
  through: readonly string[],
  words: SwarmWords,
): string[] {
  if (tunnel)
    return [
      words.tunnel(
        tunnel.vni === undefined ? '' : String(tunnel.vni),
        tunnel.source,
        tunnel.destination,
      ),
      ...(tunnel.esp === undefined ? [] : [words.esp(hex(tunnel.esp))]),
    ];
  const [namespace] = through;
  return namespace === undefined ? [] : [words.within(namespace)];
}

const noteLines = (row: Note, language: Language): string[] => {
  const words = swarmWords[language];
  return [
    decisionText(row.decision, language),
    ...row.change.map(
      ({ what, from, to }) => `${what === 'source' ? words.from : words.to} ${from} → ${to}`,
    ),
    ...(row.matched === undefined ? [] : [words.matched(row.matched)]),
  ];
};

const actorLines = (actor: Actor, first: boolean, words: SwarmWords): string[] => [
  shortName(actor),
  actor.kind === 'process'
    ? words.process
    : actor.kind === 'host'
      ? first
        ? words.client
        : ''
      : actor.host,
];

/** `web.1` for the container of a task. */
const shortName = ({ kind, name }: Actor): string =>
  kind === 'container' ? shortContainer(name) : name;

// ---- Mermaid -------------------------------------------------------------------------------------

export function requestMermaid(
  view: RequestView | undefined,
  { port }: ViewParameters,
  language: Language,
): string {
  const words = swarmWords[language];
  const rows = ['sequenceDiagram'];
  if (!view) {
    const lines = words.noRequest(port).flatMap((line) => wrapped(line, 44));
    return `${rows[0]}\nparticipant none as ${plain(...lines)}\n`;
  }
  const { actors, rows: events } = requestPicture(view);
  actors.forEach((actor, i) => {
    const lines = actorLines(actor, i === 0, words).filter(Boolean);
    rows.push(`participant ${mermaidId(actor.id)} as ${plain(...lines)}`);
  });
  const [first, last] = [actors[0], actors.at(-1)];
  for (const event of events) {
    if (event.kind === 'way' && first && last)
      rows.push(
        `note over ${mermaidId(first.id)},${mermaidId(last.id)}: ${plain(words[event.way])}`,
      );
    if (event.kind === 'arrow')
      rows.push(
        `${mermaidId(event.from)}->>${mermaidId(event.to)}: ${plain(...arrowLines(event, words).flatMap((line) => wrapped(line, 24)))}`,
      );
    if (event.kind === 'note')
      rows.push(
        `note over ${mermaidId(event.at)}: ${plain(...noteLines(event, language).flatMap((line) => wrapped(line, 26)))}`,
      );
  }
  return `${rows.join('\n')}\n`;
}

/** A label without its quotes: sequence diagrams take the rest of the line. */
const plain = (...lines: readonly string[]): string => mermaidLabel(...lines).slice(1, -1);

// ---- SVG -----------------------------------------------------------------------------------------

const column = 172;
const margin = 14;

export function requestSvg(
  view: RequestView | undefined,
  { port }: ViewParameters,
  language: Language,
): string {
  const words = swarmWords[language];
  if (!view) {
    const lines = words.noRequest(port);
    return svgImage(
      560,
      90,
      lines.map((line, i) => svgText(280, 40 + i * 22, line, 'note')),
    );
  }
  const { actors, rows } = requestPicture(view);
  const centre = new Map(actors.map(({ id }, i) => [id, margin + column * (i + 0.5)]));
  const width = margin * 2 + column * actors.length;
  const body: string[] = [];
  let y = 74;
  for (const row of rows) {
    if (row.kind === 'way') {
      body.push(
        svgText(margin, y + 8, words[row.way], 'strong', 'start'),
        svgPath(
          `M${margin + 12 + textWidth(words[row.way], 14)} ${y + 4}H${width - margin}`,
          'rule',
        ),
      );
      y += 26;
    } else if (row.kind === 'arrow') y = arrow(row, y);
    else y = note(row, y);
  }
  const lifelines = actors.map((actor) =>
    svgPath(`M${centre.get(actor.id)} 54V${y}`, `lifeline d-${actor.host}`),
  );
  const heads = actors.flatMap((actor, i) => {
    const x = (centre.get(actor.id) ?? 0) - column / 2 + 5;
    const [name = '', sub = ''] = actorLines(actor, i === 0, words);
    return [
      svgRect(x, 8, column - 10, 46, `frame d-${actor.host}`, actor.kind === 'process' ? 20 : 8),
      svgText(x + (column - 10) / 2, sub ? 28 : 36, name, `host-name d-small d-${actor.host}`),
      ...(sub ? [svgText(x + (column - 10) / 2, 44, sub, 'note')] : []),
    ];
  });
  return svgImage(width, y + 10, [...lifelines, ...body, ...heads]);

  function arrow(row: Arrow, top: number): number {
    const [from, to] = [centre.get(row.from) ?? 0, centre.get(row.to) ?? 0];
    const lines = arrowLines(row, words);
    const wide = Math.max(...lines.map((line) => textWidth(line, 12)));
    const middle = Math.min(
      width - margin - wide / 2,
      Math.max(margin + wide / 2, (from + to) / 2),
    );
    const lineY = top + 6 + lines.length * 15;
    const tip = from < to ? -8 : 8;
    const stroke = row.tunnel ? 'overlay' : 'plain';
    body.push(
      svgPath(`M${from} ${lineY}H${to}`, stroke),
      svgPath(`M${to + tip} ${lineY - 5}L${to} ${lineY}L${to + tip} ${lineY + 5}`, 'tip'),
      ...lines.map((line, i) =>
        svgText(middle, top + 13 + i * 15, line, i === 0 ? 'label d-own-address' : 'label'),
      ),
    );
    return lineY + 16;
  }

  function note(row: Note, top: number): number {
    const lines = noteLines(row, language).flatMap((line) => wrapped(line, 34));
    const wide = Math.max(120, ...lines.map((line) => textWidth(line, 12) + 18));
    const high = lines.length * 15 + 10;
    const at = centre.get(row.at) ?? 0;
    const x = Math.min(width - margin - wide, Math.max(margin, at - wide / 2));
    body.push(
      svgRect(x, top, wide, high, row.drop ? 'remark d-bad' : 'remark', 5),
      ...lines.map((line, i) =>
        svgText(
          x + wide / 2,
          top + 16 + i * 15,
          line,
          i === 0 ? 'address d-own-address' : 'address',
        ),
      ),
    );
    return top + high + 10;
  }
}

// ---- words ---------------------------------------------------------------------------------------

export function requestTwin(
  view: RequestView | undefined,
  { port }: ViewParameters,
  language: Language,
): Twin {
  const words = swarmWords[language];
  if (!view)
    return { summary: words.noRequest(port).join(language === 'zh' ? '' : ' '), items: [] };
  const picture = requestPicture(view);
  const names = new Map(
    picture.actors.map((actor) => [
      actor.id,
      actor.kind === 'host' ? actor.name : `${shortName(actor)} (${actor.host})`,
    ]),
  );
  const items: TwinItem[] = [];
  const between = language === 'zh' ? '；' : '; ';
  for (const way of ['there', 'back'] as const) {
    const rows = part(picture, way).flatMap((row): TwinItem[] => {
      if (row.kind === 'arrow')
        return [
          {
            text: labelled(
              `${names.get(row.from)} → ${names.get(row.to)}`,
              arrowLines(row, words).join(between),
              language,
            ),
          },
        ];
      if (row.kind === 'note')
        return [
          {
            text: labelled(
              names.get(row.at) ?? '',
              noteLines(row, language).join(between),
              language,
            ),
          },
        ];
      return [];
    });
    if (rows.length > 0) items.push({ text: words[way], items: rows });
  }
  if (view.lost !== undefined) items.push({ text: words.lost(decisionText(view.lost, language)) });
  const [first] = view.there;
  const hosts = [...new Set(view.places.map(({ host }) => host))].join(', ');
  return {
    summary: words.requestSummary(
      first?.before.source ?? '',
      first?.before.destination ?? '',
      hosts,
      picture.translations,
    ),
    items,
  };
}

function part({ rows }: RequestPicture, way: 'there' | 'back'): readonly SequenceRow[] {
  const start = rows.findIndex((row) => row.kind === 'way' && row.way === way);
  if (start < 0) return [];
  const rest = rows.slice(start + 1);
  const end = rest.findIndex(({ kind }) => kind === 'way');
  return end < 0 ? rest : rest.slice(0, end);
}
