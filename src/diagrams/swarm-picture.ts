// What all drawings of a swarm share: how a network's lines are drawn, and short lines of text about things.
import type {
  NetworkView,
  SwarmHostView,
  SwarmTaskView,
  SwarmView,
} from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import type { Stroke } from './host-picture.ts';
import { swarmWords } from './swarm-words.ts';
import { diagramWords } from './words.ts';

export function strokeOf(network: Pick<NetworkView, 'name' | 'driver'>): Stroke {
  if (network.name === 'docker_gwbridge') return 'gwbridge';
  if (network.name === 'ingress') return 'ingress';
  return network.driver === 'overlay' ? 'overlay' : 'bridge';
}

/** `manager (leader) · Ready`. */
export function nodeLine(host: SwarmHostView, language: Language): string {
  const words = swarmWords[language];
  const parts = [diagramWords[language].role[host.role]];
  if (host.node)
    parts.push(words.nodeState[host.node.state], words.availability[host.node.availability]);
  else parts.push(words.noSwarm);
  if (host.cut) parts.push(words.cut[host.cut]);
  return parts.filter(Boolean).join(' · ');
}

export const isFaulty = (host: SwarmHostView): boolean =>
  host.cut !== undefined || (host.node !== undefined && host.node.state !== 'ready');

/** Nothing runs on it, whatever the managers still believe. */
export const isOff = ({ cut }: Pick<SwarmHostView, 'cut'>): boolean =>
  cut === 'off' || cut === 'booting';

/** What a task is, as far as that can be known. */
export const taskState = (host: SwarmHostView, task: SwarmTaskView, language: Language): string =>
  isOff(host)
    ? swarmWords[language].lastReported(stateText(task.state, language))
    : stateText(task.state, language);

const stateText = (state: string, language: Language): string =>
  swarmWords[language].taskState[state] ?? state;

/** The overlays that a host has now. */
export const overlaysOn = (view: SwarmView, host: SwarmHostView): readonly NetworkView[] =>
  view.networks.filter(({ name }) => host.networks.some((network) => network.name === name));
