// The three directions of traffic of one task, each a chain from top to bottom: Mermaid's text, our own SVG, and words.
import type { DirectionsView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import type { Stroke } from './host-picture.ts';
import { mermaidId, mermaidLabel, wrapped } from './mermaid-text.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { type SwarmWords, swarmWords } from './swarm-words.ts';
import { labelled, type Twin } from './twin.ts';

interface Station {
  readonly title: string;
  /** `''` outside the swarm's hosts. */
  readonly host: string;
  readonly lines: readonly string[];
  /** How the line from the station above is drawn. */
  readonly stroke: Stroke;
}
interface Chain {
  readonly id: 'inbound' | 'eastWest' | 'northSouth';
  /** Said instead when there is no such way. */
  readonly none: string;
  readonly stations: readonly Station[];
}

function chains(view: DirectionsView, words: SwarmWords): Chain[] {
  return [
    { id: 'inbound', none: words.notPublished, stations: inbound(view, words) },
    { id: 'eastWest', none: words.noOverlay, stations: eastWest(view, words) },
    { id: 'northSouth', none: words.noGateway, stations: northSouth(view, words) },
  ];
}

function inbound({ task, inbound: way }: DirectionsView, words: SwarmWords): Station[] {
  if (!way || !task) return [];
  return [
    { title: words.client, host: '', lines: [`→ ${way.entryAddress}:${way.port}`], stroke: 'lan' },
    { title: 'eth0', host: way.entry, lines: [way.entryAddress, way.rule], stroke: 'lan' },
    {
      title: 'ingress_sbox',
      host: way.entry,
      lines: [
        `eth1 ${way.sandboxGatewayAddress}`,
        `IPVS ${way.balancer}`,
        `SNAT → ${way.sandboxAddress}`,
      ],
      stroke: 'gwbridge',
    },
    {
      title: task.name,
      host: task.host,
      lines: [`${way.taskAddress}:${way.port}`, way.redirect, `→ :${way.target}`],
      stroke: 'ingress',
    },
  ];
}

function eastWest({ task, eastWest: ways }: DirectionsView, words: SwarmWords): Station[] {
  const [way] = ways;
  if (!way || !task) return [];
  return [
    {
      title: task.name,
      host: task.host,
      lines: [`${way.device} ${way.address}`],
      stroke: 'overlay',
    },
    {
      title: `br0 · ${way.namespace}`,
      host: task.host,
      lines: [words.subnet(way.network, way.vni, way.encrypted)],
      stroke: 'overlay',
    },
    ...(way.peers.length === 0
      ? [{ title: words.noPeers, host: '', lines: [], stroke: 'overlay' as const }]
      : way.peers.map((peer) => ({
          title: peer.name,
          host: peer.host,
          lines: [
            peer.address,
            ...(peer.host === task.host ? [] : [`${way.hostAddress} → ${peer.hostAddress}`]),
          ],
          stroke: 'overlay' as const,
        }))),
  ];
}

function northSouth({ task, northSouth: way }: DirectionsView, words: SwarmWords): Station[] {
  if (!way || !task) return [];
  return [
    {
      title: task.name,
      host: task.host,
      lines: [`${way.device} ${way.address}`],
      stroke: 'gwbridge',
    },
    { title: way.bridge, host: task.host, lines: [way.bridgeAddress], stroke: 'gwbridge' },
    { title: way.uplink, host: task.host, lines: [way.rule, way.uplinkAddress], stroke: 'bridge' },
    { title: words.internet, host: '', lines: [way.router], stroke: 'lan' },
  ];
}

/** In a chain, the peers of a task stand beside each other in truth: all hang on the station before them. */
const above = (chain: Chain, i: number): number => (chain.id === 'eastWest' && i > 2 ? 1 : i - 1);

// ---- Mermaid -------------------------------------------------------------------------------------

export function directionsMermaid(view: DirectionsView, language: Language): string {
  const words = swarmWords[language];
  const rows = ['flowchart TB'];
  if (!view.task)
    return `${rows[0]}\n${mermaidId('none')}[${mermaidLabel(words.noTaskRuns(view.service))}]\n`;
  const links: string[] = [];
  const classes: string[] = [];
  // Mermaid lays parts that nothing joins from right to left.
  for (const chain of chains(view, words).reverse()) {
    const frame = mermaidId(`direction ${chain.id}`);
    rows.push(`subgraph ${frame} [${mermaidLabel(words.directions[chain.id])}]`, 'direction TB');
    if (chain.stations.length === 0)
      rows.push(`${mermaidId(`none ${chain.id}`)}[${mermaidLabel(chain.none)}]`);
    chain.stations.forEach((station, i) => {
      const id = mermaidId(`${chain.id} ${i}`);
      const head = station.host ? `${station.title} · ${station.host}` : station.title;
      const lines = station.lines.filter(Boolean).flatMap((line) => wrapped(line, 28));
      rows.push(`${id}[${mermaidLabel(head, ...lines)}]`);
      if (station.host) classes.push(`class ${id} on-${station.host}`);
      // Peers stand below each other.
      if (above(chain, i) !== i - 1) links.push(`${mermaidId(`${chain.id} ${i - 1}`)} ~~~ ${id}`);
      if (i > 0) {
        const line = ['overlay', 'ingress'].includes(station.stroke) ? '-.->' : '-->';
        links.push(
          `${mermaidId(`${chain.id} ${above(chain, i)}`)} ${station.stroke}_${links.length}@${line} ${id}`,
        );
      }
    });
    rows.push('end');
    classes.push(`class ${frame} direction`);
  }
  return `${[...rows, ...links, ...classes].join('\n')}\n`;
}

// ---- SVG -----------------------------------------------------------------------------------------

const columnWidth = 232;
const gap = 16;
const margin = 10;

export function directionsSvg(view: DirectionsView, language: Language): string {
  const words = swarmWords[language];
  if (!view.task)
    return svgImage(520, 70, [svgText(260, 40, words.noTaskRuns(view.service), 'note')]);
  const width = margin * 2 + 3 * columnWidth + 2 * gap;
  const body: string[] = [];
  let bottom = 0;
  chains(view, words).forEach((chain, n) => {
    const x = margin + n * (columnWidth + gap);
    body.push(svgText(x + columnWidth / 2, 22, words.directions[chain.id], 'strong'));
    if (chain.stations.length === 0) {
      const lines =
        textWidth(chain.none, 12) > columnWidth ? wrapped(chain.none, 30) : [chain.none];
      lines.forEach((line, i) => {
        body.push(svgText(x + columnWidth / 2, 62 + i * 16, line, 'note'));
      });
      return;
    }
    let y = 38;
    const places: { readonly top: number; readonly foot: number }[] = [];
    chain.stations.forEach((station, i) => {
      const lines = station.lines.filter(Boolean).flatMap((line) => wrapped(line, 29));
      const high = 30 + (station.host ? 15 : 0) + lines.length * 15;
      places.push({ top: y, foot: y + high });
      const middle = x + columnWidth / 2;
      if (i > 0) {
        const from = places[above(chain, i)]?.foot ?? y;
        const side = above(chain, i) === i - 1 ? middle : x + 4;
        body.push(
          side === middle
            ? svgPath(`M${middle} ${from}V${y}`, station.stroke)
            : svgPath(`M${x + 14} ${from}H${side}V${y + 16}H${x + 10}`, station.stroke),
          ...(side === middle
            ? [svgPath(`M${middle - 5} ${y - 8}L${middle} ${y}L${middle + 5} ${y - 8}`, 'tip')]
            : []),
        );
      }
      body.push(
        svgRect(x + 10, y, columnWidth - 20, high, `frame d-${station.host || 'gateway'}`, 8),
        svgText(middle, y + 20, station.title, 'device-name'),
        ...(station.host ? [svgText(middle, y + 35, station.host, `note d-${station.host}`)] : []),
        ...lines.map((line, j) =>
          svgText(middle, y + (station.host ? 50 : 35) + j * 15, line, 'address'),
        ),
      );
      y += high + 28;
    });
    bottom = Math.max(bottom, y - 28);
  });
  return svgImage(width, Math.max(90, bottom + margin), body);
}

// ---- words ---------------------------------------------------------------------------------------

export function directionsTwin(view: DirectionsView, language: Language): Twin {
  const words = swarmWords[language];
  if (!view.task) return { summary: words.noTaskRuns(view.service), items: [] };
  const all = chains(view, words);
  const stationText = (where: string, lines: string) =>
    lines ? labelled(where, lines, language) : where;
  return {
    summary: words.directionsSummary(
      view.task.name,
      view.task.host,
      all.filter(({ stations }) => stations.length > 0).length,
    ),
    items: all.map(({ id, none, stations }) => ({
      text: words.directions[id],
      items:
        stations.length === 0
          ? [{ text: none }]
          : stations.map(({ title, host, lines }) => ({
              text: stationText(
                host ? `${title} (${host})` : title,
                lines.filter(Boolean).join(language === 'zh' ? '；' : '; '),
              ),
            })),
    })),
  };
}
