// The hosts, their containers, the LAN and the internet as Mermaid text.
import type { LanView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { inWrittenOrder, listed, mermaidId, mermaidLabel } from './mermaid-text.ts';
import { isOff } from './swarm-picture.ts';
import { swarmWords } from './swarm-words.ts';
import { diagramWords } from './words.ts';

export function lanMermaid(view: LanView, language: Language): string {
  const words = diagramWords[language];
  const rows: string[] = [inWrittenOrder, 'flowchart TB'];
  const classes: string[] = [];
  const lan = mermaidId('lan');
  const internet = mermaidId('internet');
  const links: string[] = [];
  // Mermaid hands its boxes to the layout from the last to the first.
  for (const host of view.hosts.toReversed()) {
    const id = mermaidId(`host ${host.name}`);
    if (host.role === 'gateway') {
      rows.push(`${id}[${mermaidLabel(host.name, host.address)}]`);
      links.push(`${lan} --- ${id}`, `${id} --- ${internet}`);
      classes.push(`class ${id} gateway`);
      continue;
    }
    const eth = mermaidId(`eth ${host.name}`);
    rows.push(`subgraph ${id} [${mermaidLabel(host.name)}]`);
    const cut = host.cut ? [swarmWords[language].cut[host.cut]] : [];
    rows.push(`${eth}[${mermaidLabel('eth0', host.address, ...cut)}]`);
    for (const container of host.containers) {
      const inner = mermaidId(`container ${host.name} ${container.name}`);
      rows.push(`${inner}[${mermaidLabel(container.name, ...listed(container.addresses, 4))}]`);
      links.push(`${inner} --- ${eth}`);
      const runs = container.state === 'running' && !isOff(host);
      classes.push(`class ${inner} ${runs ? 'container' : 'down'}`);
    }
    rows.push('end');
    links.push(`${eth} --- ${lan}`);
    classes.push(`class ${id} host-${host.name}`, `class ${eth} dev-ether`);
    if (host.cut) classes.push(`class ${id} faulty`);
  }
  rows.push(`${lan}([${mermaidLabel(words.lan, view.subnet)}])`);
  rows.push(`${internet}([${mermaidLabel(words.internet)}])`);
  classes.push(`class ${lan} lan`, `class ${internet} lan`);
  return `${[...rows, ...links, ...classes].join('\n')}\n`;
}
