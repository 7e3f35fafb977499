// The whole swarm in words.
import type { SwarmHostView, SwarmView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { isOff, nodeLine, overlaysOn, taskState } from './swarm-picture.ts';
import { swarmWords } from './swarm-words.ts';
import { labelled, type Twin, type TwinItem } from './twin.ts';
import { containerText } from './words.ts';

export function swarmTwin(view: SwarmView, language: Language): Twin {
  const words = swarmWords[language];
  const comma = language === 'zh' ? '，' : ', ';
  return {
    summary: words.swarmSummary({
      hosts: view.hosts.length,
      down: view.hosts.filter(({ node }) => node?.state === 'down').length,
      services: view.services.length,
      tasks: view.hosts.reduce((sum, { tasks }) => sum + tasks.length, 0),
    }),
    items: [
      ...view.hosts.map(hostItem),
      ...group(
        words.services,
        view.services.map(({ name, running, desired, virtualIps, ports }) => ({
          text: [
            labelled(name, words.running(running, desired), language),
            ...virtualIps.map(({ network, address }) => `${words.vip} ${address} (${network})`),
            ...ports.map(({ port, target, protocol }) => words.everyNode(port, target, protocol)),
          ].join(comma),
        })),
      ),
      ...group(
        words.overlays,
        view.networks.map((network) => {
          const on = view.hosts.filter((host) => overlaysOn(view, host).includes(network));
          const detail = words.subnet(
            network.subnet ?? '',
            network.vni,
            network.encrypted === true,
          );
          return {
            text: labelled(
              `${network.name} (${detail})`,
              words.onHosts(on.map(({ name }) => name).join(', ')),
              language,
            ),
          };
        }),
      ),
    ],
  };

  function hostItem(host: SwarmHostView): TwinItem {
    const tasks = host.tasks.map((task) => ({
      text: [
        labelled(task.name, taskState(host, task, language), language),
        ...task.addresses.map(({ network, address }) => `${network} ${address}`),
        ...task.ports.map(({ port, target }) => words.thisHost(port, target)),
      ].join(comma),
    }));
    const containers = host.containers.map((container) => ({
      text: containerText(container, isOff(host), language),
    }));
    const networks = host.networks.map(({ name }) => name).join(', ');
    return {
      text: [host.name, host.address, nodeLine(host, language)].join(' · '),
      items: [
        ...(tasks.length + containers.length === 0 ? [{ text: words.noTasks }] : []),
        ...tasks,
        ...containers,
        { text: words.networksHere(networks) },
      ],
    };
  }
}

const group = (text: string, items: readonly TwinItem[]): TwinItem[] =>
  items.length === 0 ? [] : [{ text, items }];
