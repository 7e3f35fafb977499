// The hosts and their LAN in words.
import type { LanView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { isOff } from './swarm-picture.ts';
import { swarmWords } from './swarm-words.ts';
import { labelled, type Twin } from './twin.ts';
import { containerText, diagramWords } from './words.ts';

export function lanTwin(view: LanView, language: Language): Twin {
  const words = diagramWords[language];
  const containers = view.hosts.reduce((sum, host) => sum + host.containers.length, 0);
  const machines = view.hosts.filter(({ role }) => role !== 'gateway');
  return {
    summary: words.lanSummary(machines.length, containers),
    items: [
      ...view.hosts.map((host) => ({
        text: [
          host.name,
          host.address,
          words.role[host.role],
          host.cut && swarmWords[language].cut[host.cut],
        ]
          .filter(Boolean)
          .join(' · '),
        items:
          host.role === 'gateway'
            ? []
            : host.containers.length === 0
              ? [{ text: words.noContainers }]
              : host.containers.map((container) => ({
                  text: containerText(container, isOff(host), language),
                })),
      })),
      {
        text: words.internet,
        items: view.internet.map(({ name, address }) => ({
          text: labelled(name, address, language),
        })),
      },
    ],
  };
}
