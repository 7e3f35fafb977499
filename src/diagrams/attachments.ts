// The containers of one host on one network, drawn as the classic two pictures: the network below with addresses and
// virtual addresses; with `gateway`, docker_gwbridge above with its own.
import type {
  AttachmentEnd,
  AttachmentsView,
  AttachmentView,
  NetworkView,
  ViewParameters,
} from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { mermaidId, mermaidLabel } from './mermaid-text.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { strokeOf } from './swarm-picture.ts';
import { type SwarmWords, swarmWords } from './swarm-words.ts';
import { labelled, type Twin } from './twin.ts';

const isWithGateway = (parameters: ViewParameters): boolean => parameters.gateway !== undefined;

/** Those that the picture shows: ingress_sbox hangs on docker_gwbridge only. */
const shown = (view: AttachmentsView, gateway: boolean): readonly AttachmentView[] =>
  view.attachments.filter(({ end, gatewayEnd }) => end || (gateway && gatewayEnd));

const nameOf = ({ task, name }: AttachmentView): string => task ?? name;

const detail = (network: NetworkView, words: SwarmWords): string =>
  words.subnet(network.subnet ?? '', network.vni, network.encrypted === true);

/** As `ip link` numbers them. */
const ends = ({ device, index, peer, peerIndex }: AttachmentEnd): string =>
  `${index}: ${device} – ${peerIndex}: ${peer}`;

const endLines = (end: AttachmentEnd): string[] => ends(end).replace(' – ', '\n– ').split('\n');

// ---- Mermaid -------------------------------------------------------------------------------------

export function attachmentsMermaid(
  view: AttachmentsView,
  parameters: ViewParameters,
  language: Language,
): string {
  const words = swarmWords[language];
  const gateway = isWithGateway(parameters) ? view.gateway : undefined;
  const rows = ['flowchart TB'];
  const classes: string[] = [];
  const links: string[] = [];
  const frame = mermaidId(`frame ${view.host}`);
  rows.push(`subgraph ${frame} [${mermaidLabel(view.host)}]`);
  const bus = (network: NetworkView) => {
    const id = mermaidId(`network ${network.id}`);
    rows.push(`${id}([${mermaidLabel(network.name, detail(network, words))}])`);
    classes.push(`class ${id} network-${strokeOf(network)}`);
    return id;
  };
  const above = gateway && bus(gateway);
  const attachments = shown(view, gateway !== undefined);
  for (const attachment of attachments) {
    const id = mermaidId(`attachment ${attachment.id}`);
    const label = mermaidLabel(nameOf(attachment), kindLine(attachment, words));
    rows.push(attachment.kind === 'container' ? `${id}[${label}]` : `${id}{{${label}}}`);
    classes.push(`class ${id} ${attachment.kind === 'container' ? 'container' : 'helper'}`);
  }
  const below = view.present && bus(view.present);
  rows.push('end');
  for (const attachment of attachments) {
    const id = mermaidId(`attachment ${attachment.id}`);
    const { end, gatewayEnd, virtualIps } = attachment;
    const link = (from: string, to: string, network: NetworkView, lines: readonly string[]) => {
      const stroke = strokeOf(network);
      const line = stroke === 'gwbridge' || stroke === 'bridge' ? '---' : '-.-';
      links.push(`${from} ${stroke}_${links.length}@${line}|${mermaidLabel(...lines)}| ${to}`);
    };
    if (above && gateway && gatewayEnd)
      link(above, id, gateway, [gatewayEnd.address, ...endLines(gatewayEnd)]);
    if (below && view.present && end)
      link(id, below, view.present, [
        end.address,
        ...virtualIps.map((address) => `${address} (${words.vip})`),
        ...endLines(end),
      ]);
  }
  if (!view.present)
    rows.push(`${mermaidId('absent')}[${mermaidLabel(words.notHere(view.network, view.host))}]`);
  classes.push(`class ${frame} host-${view.host}`);
  return `${[...rows, ...links, ...classes].join('\n')}\n`;
}

const kindLine = ({ kind }: AttachmentView, words: SwarmWords): string =>
  kind === 'loadbalancer' ? words.balancer : kind === 'ingress' ? 'ingress' : '';

// ---- SVG -----------------------------------------------------------------------------------------

const margin = 14;
const boxHeight = 46;

export function attachmentsSvg(
  view: AttachmentsView,
  parameters: ViewParameters,
  language: Language,
): string {
  const words = swarmWords[language];
  const gateway = isWithGateway(parameters) ? view.gateway : undefined;
  const attachments = shown(view, gateway !== undefined);
  const boxWidth = (attachment: AttachmentView): number => {
    const texts = [attachment.end, gateway && attachment.gatewayEnd].flatMap((end) =>
      end ? [ends(end), `${end.address} (${words.vip})`] : [],
    );
    return Math.max(
      110,
      26 + textWidth(nameOf(attachment), 13.5),
      ...texts.map((text) => 16 + textWidth(text, 12)),
    );
  };
  const widths = attachments.map(boxWidth);
  const inner = Math.max(
    440,
    widths.reduce((sum, width) => sum + width + 18, 18),
  );
  const width = inner + margin * 4;
  const topBus = margin + 56;
  const boxY = gateway ? topBus + 78 : margin + 52;
  const bottomBus = boxY + boxHeight + 40;
  const rowsBelow = 2 + Math.max(0, ...attachments.map(({ virtualIps }) => virtualIps.length));
  const height = bottomBus + 22 + rowsBelow * 16 + 40;
  const body: string[] = [
    svgRect(margin, margin, width - margin * 2, height - margin * 2, `frame d-${view.host}`, 14),
    svgText(margin + 16, margin + 26, view.host, `host-name d-${view.host}`, 'start'),
  ];
  if (gateway)
    body.push(
      svgPath(`M${margin * 2} ${topBus}H${width - margin * 2}`, strokeOf(gateway)),
      svgText(width - margin * 2, topBus - 22, gateway.name, 'strong', 'end'),
      svgText(width - margin * 2, topBus - 7, detail(gateway, words), 'address', 'end'),
    );
  if (view.present)
    body.push(
      svgPath(`M${margin * 2} ${bottomBus}H${width - margin * 2}`, strokeOf(view.present)),
      svgText(width - margin * 2, height - margin - 28, view.present.name, 'strong', 'end'),
      svgText(
        width - margin * 2,
        height - margin - 12,
        detail(view.present, words),
        'address',
        'end',
      ),
    );
  else body.push(svgText(width / 2, bottomBus, words.notHere(view.network, view.host), 'note'));
  if (view.present && attachments.length === 0)
    body.push(svgText(width / 2, boxY + 24, words.noContainersHere, 'note'));
  let x = margin * 2 + 18 + (inner - widths.reduce((sum, wide) => sum + wide + 18, 18)) / 2;
  attachments.forEach((attachment, i) => {
    const wide = widths[i] ?? 0;
    body.push(...column(attachment, x, wide));
    x += wide + 18;
  });
  return svgImage(width, height, body);

  function column(attachment: AttachmentView, left: number, wide: number): string[] {
    const middle = left + wide / 2;
    const { end, gatewayEnd, virtualIps, kind } = attachment;
    const parts: string[] = [];
    if (gateway && gatewayEnd)
      parts.push(
        svgPath(`M${middle} ${topBus}V${boxY}`, strokeOf(gateway)),
        svgText(middle, topBus + 20, gatewayEnd.address, 'label d-own-address'),
        svgText(middle, topBus + 38, ends(gatewayEnd), 'label'),
      );
    if (view.present && end) {
      parts.push(
        svgPath(`M${middle} ${boxY + boxHeight}V${bottomBus}`, strokeOf(view.present)),
        svgText(middle, bottomBus + 20, end.address, 'label d-own-address'),
        svgText(middle, boxY + boxHeight + 24, ends(end), 'label'),
      );
      virtualIps.forEach((address, n) => {
        parts.push(svgText(middle, bottomBus + 36 + n * 16, `${address} (${words.vip})`, 'label'));
      });
    }
    const line = kindLine(attachment, words);
    parts.push(
      svgRect(
        left,
        boxY,
        wide,
        boxHeight,
        kind === 'container' ? 'container' : 'container d-helper',
        6,
      ),
      svgText(middle, boxY + (line ? 20 : 28), nameOf(attachment), 'strong'),
      ...(line ? [svgText(middle, boxY + 36, line, 'note')] : []),
    );
    return parts;
  }
}

// ---- words ---------------------------------------------------------------------------------------

export function attachmentsTwin(
  view: AttachmentsView,
  parameters: ViewParameters,
  language: Language,
): Twin {
  const words = swarmWords[language];
  const gateway = isWithGateway(parameters) ? view.gateway : undefined;
  if (!view.present) return { summary: words.notHere(view.network, view.host), items: [] };
  const attachments = shown(view, gateway !== undefined);
  const describe = (network: string, end: AttachmentEnd, virtualIps: readonly string[]) => ({
    text: [
      labelled(network, end.address, language),
      ...virtualIps.map((address) => `${address} (${words.vip})`),
      words.pair(end.device, end.index, end.peer, end.peerIndex),
    ].join(language === 'zh' ? '，' : ', '),
  });
  return {
    summary: words.attachmentsSummary(
      view.host,
      view.network,
      attachments.filter(({ kind }) => kind === 'container').length,
    ),
    items: [
      ...[view.present, ...(gateway ? [gateway] : [])].map((network) => ({
        text: labelled(network.name, detail(network, words), language),
      })),
      ...attachments.map((attachment) => ({
        text: kindLine(attachment, words)
          ? labelled(nameOf(attachment), kindLine(attachment, words), language)
          : nameOf(attachment),
        items: [
          ...(attachment.end
            ? [describe(view.network, attachment.end, attachment.virtualIps)]
            : []),
          ...(gateway && attachment.gatewayEnd
            ? [describe(gateway.name, attachment.gatewayEnd, [])]
            : []),
        ],
      })),
    ],
  };
}
