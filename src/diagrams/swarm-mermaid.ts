// The whole swarm as Mermaid text: services above, hosts with their tasks, the overlays that join them below.
import type { SwarmHostView, SwarmView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { mermaidId, mermaidLabel } from './mermaid-text.ts';
import { isFaulty, nodeLine, overlaysOn, strokeOf } from './swarm-picture.ts';
import { swarmWords } from './swarm-words.ts';

export function swarmMermaid(view: SwarmView, language: Language): string {
  const words = swarmWords[language];
  const rows = ['flowchart TB'];
  const links: string[] = [];
  const classes: string[] = [];
  const link = (from: string, to: string, stroke: string, dotted: boolean) =>
    links.push(`${from} ${stroke}_${links.length}@${dotted ? '-.-' : '---'} ${to}`);
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
  for (const host of view.hosts) addHost(host);
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
    rows.push(`subgraph ${id} [${mermaidLabel(`${host.name} · ${nodeLine(host, language)}`)}]`);
    for (const task of host.tasks) {
      const inner = mermaidId(`task ${task.id}`);
      const [first] = task.addresses;
      const ports = task.ports.map(({ port, target }) => words.thisHost(port, target));
      rows.push(
        `${inner}[${mermaidLabel(task.name, first?.address ?? '', ...ports, task.state === 'running' ? '' : task.state)}]`,
      );
      const service = view.services.find(({ name }) => name === task.service);
      if (service) link(mermaidId(`service ${service.id}`), inner, 'serves', false);
      links.push(`${inner} ~~~ ${own}`);
      classes.push(`class ${inner} ${task.state === 'running' ? 'container' : 'down'}`);
    }
    for (const container of host.containers) {
      const inner = mermaidId(`container ${host.name} ${container.name}`);
      rows.push(
        `${inner}[${mermaidLabel(container.name, container.addresses[0] ?? container.image)}]`,
      );
      links.push(`${inner} ~~~ ${own}`);
      classes.push(`class ${inner} ${container.state === 'running' ? 'container' : 'down'}`);
    }
    rows.push(`${own}[${mermaidLabel('eth0', host.address)}]`, 'end');
    for (const network of overlaysOn(view, host))
      link(own, mermaidId(`network ${network.id}`), strokeOf(network), true);
    classes.push(`class ${id} host-${host.name}`, `class ${own} dev-ether`);
    if (isFaulty(host)) classes.push(`class ${id} faulty`);
  }
}
