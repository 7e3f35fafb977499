// One host's networking as Mermaid text: a subgraph per namespace, a node per device, a line per veth pair.
import type { HostView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { hostPicture, type PictureBox, type PictureDevice, type Stroke } from './host-picture.ts';
import { mermaidId, mermaidLabel } from './mermaid-text.ts';
import { diagramWords } from './words.ts';

/** Mermaid's arrows per stroke; the classes that follow colour them. */
const arrows: Readonly<Record<Stroke, string>> = {
  bridge: '---',
  gwbridge: '---',
  overlay: '-.-',
  ingress: '-.-',
  lan: '---',
  publish: '-.->',
};

export function hostMermaid(view: HostView, language: Language): string {
  const words = diagramWords[language];
  const picture = hostPicture(view);
  const rows: string[] = ['flowchart TB'];
  const classes: string[] = [];
  const frame = mermaidId(`frame ${view.host}`);
  rows.push(`subgraph ${frame} [${mermaidLabel(view.host)}]`);
  for (const box of picture.boxes.toReversed()) addBox(box);
  rows.push('end');
  const lan = mermaidId('lan');
  rows.push(`${lan}([${mermaidLabel(words.lan, '192.168.56.0/24')}])`);

  const links: { text: string; stroke: Stroke }[] = picture.lines.map(
    ({ from, to, label, stroke }) => ({
      text: `${mermaidId(from)} ${arrows[stroke]}${label ? `|${mermaidLabel(label)}|` : ''} ${mermaidId(to)}`,
      stroke,
    }),
  );
  const host = picture.boxes.find(({ kind }) => kind === 'host');
  const uplink = host?.devices.find(({ kind }) => kind === 'ether');
  if (uplink) links.push({ text: `${mermaidId(uplink.id)} --- ${lan}`, stroke: 'lan' });
  for (const { port, toPort, container } of picture.ports) {
    const target = picture.boxes.find(
      ({ title, kind }) => kind === 'container' && title === container,
    );
    const device = target?.devices[0];
    if (uplink && device)
      links.push({
        text: `${mermaidId(uplink.id)} -.->|${mermaidLabel(`:${port} → :${toPort}`)}| ${mermaidId(device.id)}`,
        stroke: 'publish',
      });
  }
  rows.push(...new Set(links.map(({ text }) => text)));
  rows.push(...classes);
  rows.push(`class ${frame} host-${view.host}`, `class ${lan} lan`);
  return `${rows.join('\n')}\n`;

  function addBox(box: PictureBox): void {
    const id = mermaidId(box.id);
    const title =
      box.kind === 'host'
        ? words.hostNamespace
        : box.kind === 'container'
          ? `${box.title} · ${box.image ?? ''}`
          : box.title;
    rows.push(`subgraph ${id} [${mermaidLabel(title)}]`, 'direction TB');
    for (const device of box.devices) addDevice(device);
    rows.push('end');
    classes.push(`class ${id} box-${box.kind}`);
  }

  function addDevice(device: PictureDevice): void {
    const id = mermaidId(device.id);
    const label = mermaidLabel(device.name, ...device.addresses.slice(0, 3));
    rows.push(device.kind === 'bridge' ? `${id}([${label}])` : `${id}[${label}]`);
    classes.push(`class ${id} dev-${device.kind}`);
    if (!device.up) classes.push(`class ${id} down`);
  }
}
