// The whole swarm as Mermaid text: services above, hosts with their tasks, the overlays that join them below.
import type { SwarmHostView, SwarmView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { inWrittenOrder, mermaidId, mermaidLabel } from './mermaid-text.ts';
import { isFaulty, isOff, nodeLine, overlaysOn, strokeOf, taskState } from './swarm-picture.ts';
import { swarmWords } from './swarm-words.ts';

export function swarmMermaid(view: SwarmView, language: Language): string {
  const words = swarmWords[language];
  const rows = [inWrittenOrder, 'flowchart TB'];
  const links: string[] = [];
  const classes: string[] = [];
  const link = (from: string, to: string, stroke: string) =>
    links.push(`${from} ${stroke}_${links.length}@-.- ${to}`);
  for (const service of view.services) {
    const id = mermaidId(`service ${service.id}`);
    const lines = [
      `${service.name} ${service.running}/${service.desired}`,
      ...service.virtualIps.map(({ network, address }) => `${words.vip} ${address} (${network})`),
      ...service.ports.map(({ port, target }) => `:${port} → :${target}`),
    ];
    rows.push(`${id}([${mermaidLabel(...lines)}])`);
    classes.push(`class ${id} service`);
  }
  // Mermaid hands its boxes to the layout from the last to the first.
  for (const host of view.hosts.toReversed()) addHost(host);
  for (const network of view.networks) {
    const id = mermaidId(`network ${network.id}`);
    const detail = words.subnet(network.subnet ?? '', network.vni, network.encrypted === true);
    rows.push(`${id}([${mermaidLabel(network.name, detail)}])`);
    classes.push(`class ${id} network-${strokeOf(network)}`);
  }
  return `${[...rows, ...links, ...classes].join('\n')}\n`;

  function addHost(host: SwarmHostView): void {
    const id = mermaidId(`host ${host.name}`);
    const own = mermaidId(`eth ${host.name}`);
    const stack: string[] = [];
    const runs = (state: string) => state === 'running' && !isOff(host);
    rows.push(`subgraph ${id} [${mermaidLabel(host.name)}]`);
    for (const task of host.tasks) {
      const inner = mermaidId(`task ${task.id}`);
      const [first] = task.addresses;
      const ports = task.ports.map(({ port, target }) => words.thisHost(port, target));
      rows.push(
        `${inner}[${mermaidLabel(task.name, first?.address ?? '', ...ports, runs(task.state) ? '' : taskState(host, task, language))}]`,
      );
      stack.push(inner);
      classes.push(`class ${inner} ${runs(task.state) ? 'container' : 'down'}`);
    }
    for (const container of host.containers) {
      const inner = mermaidId(`container ${host.name} ${container.name}`);
      rows.push(
        `${inner}[${mermaidLabel(container.name, container.addresses[0] ?? container.image)}]`,
      );
      stack.push(inner);
      classes.push(`class ${inner} ${runs(container.state) ? 'container' : 'down'}`);
    }
    rows.push(
      `${own}[${mermaidLabel(...nodeLine(host, language).split(' · '), 'eth0', host.address)}]`,
      'end',
    );
    // Invisible links: tasks stand below each other, and the services above all hosts.
    const [service] = view.services;
    const column = [...(service ? [mermaidId(`service ${service.id}`)] : []), ...stack, own];
    for (const [i, id] of column.entries()) if (i > 0) links.push(`${column[i - 1]} ~~~ ${id}`);
    for (const network of overlaysOn(view, host))
      link(own, mermaidId(`network ${network.id}`), strokeOf(network));
    classes.push(`class ${id} host-${host.name}`, `class ${own} dev-ether`);
    if (isFaulty(host)) classes.push(`class ${id} faulty`);
  }
}
