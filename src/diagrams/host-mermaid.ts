// One host's networking as Mermaid text: a subgraph per namespace, a node per device, a line per veth pair.
import type { HostView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import {
  hostPicture,
  numbered,
  type PictureBox,
  type PictureDevice,
  type Stroke,
} from './host-picture.ts';
import { listed, mermaidId, mermaidLabel } from './mermaid-text.ts';
import { diagramWords } from './words.ts';

/** Mermaid's lines per stroke; the id of a line begins with its stroke, and that is what our style sheet goes by. */
const lineOf: Readonly<Record<Stroke, string>> = {
  bridge: '---',
  gwbridge: '---',
  overlay: '-.-',
  ingress: '-.-',
  lan: '---',
  publish: '-.-',
};

export function hostMermaid(view: HostView, language: Language): string {
  const words = diagramWords[language];
  const picture = hostPicture(view);
  const rows: string[] = ['flowchart TB'];
  const classes: string[] = [];
  for (const box of picture.boxes.toReversed()) addBox(box);
  const lan = mermaidId('lan');
  rows.push(`${lan}([${mermaidLabel(words.lan, '192.168.56.0/24')}])`);

  const drawn = new Set<string>();
  const link = (from: string, to: string, label: string, stroke: Stroke) => {
    const ends = `${mermaidId(from)} ${mermaidId(to)} ${label}`;
    if (drawn.has(ends)) return;
    const id = `${stroke}_${drawn.size}`;
    drawn.add(ends);
    const text = label ? `|${mermaidLabel(label)}|` : '';
    rows.push(`${mermaidId(from)} ${id}@${lineOf[stroke]}${text} ${mermaidId(to)}`);
  };
  for (const { from, to, label, stroke } of picture.lines) link(from, to, label, stroke);
  const host = picture.boxes.find(({ kind }) => kind === 'host');
  const uplink = host?.devices.find(({ kind }) => kind === 'ether');
  for (const { port, toPort, container } of picture.ports) {
    const target = picture.boxes.find(
      ({ title, kind }) => kind === 'container' && title === container,
    );
    const device = target?.devices[0];
    if (uplink && device) link(device.id, uplink.id, `:${port} → :${toPort}`, 'publish');
  }
  if (uplink) {
    // Below the bridges, as everything that leaves the host goes through it.
    for (const { id, kind } of host?.devices ?? [])
      if (kind === 'bridge') rows.push(`${mermaidId(id)} ~~~ ${mermaidId(uplink.id)}`);
    link(uplink.id, 'lan', '', 'lan');
  }
  rows.push(...classes);
  rows.push(`class ${lan} lan`);
  return `${rows.join('\n')}\n`;

  function addBox(box: PictureBox): void {
    const id = mermaidId(box.id);
    const title =
      box.kind === 'host'
        ? `${view.host} · ${words.hostNamespace}`
        : box.kind === 'container'
          ? `${box.title} · ${box.image ?? ''}`
          : box.title;
    rows.push(`subgraph ${id} [${mermaidLabel(title)}]`, 'direction TB');
    for (const device of box.devices) addDevice(device);
    rows.push('end');
    classes.push(`class ${id} ${box.kind === 'host' ? `host-${view.host}` : `box-${box.kind}`}`);
  }

  function addDevice(device: PictureDevice): void {
    const id = mermaidId(device.id);
    const { vxlan } = device;
    const label = mermaidLabel(
      numbered(device),
      ...listed(device.addresses, 8),
      vxlan ? words.vxlan(vxlan.vni, vxlan.peers.length) : '',
    );
    rows.push(device.kind === 'bridge' ? `${id}([${label}])` : `${id}[${label}]`);
    classes.push(`class ${id} dev-${device.kind}`);
    if (!device.up) classes.push(`class ${id} down`);
  }
}
