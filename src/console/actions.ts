// What can be done in the console: each action as a request to the Engine API, and as the docker command that does the same.
import type { ApiCall } from '../../sandbox-engine/protocol/index.ts';
import type { ApiNode, ApiService } from './objects.ts';

export interface Action {
  readonly call: Omit<ApiCall, 'host'>;
  /** Does the same in a terminal. */
  readonly command: string;
}

/** What a reader may change of a service. */
export interface ServiceChange {
  readonly replicas?: number;
  readonly image?: string;
}

export function changeService({ ID, Version, Spec }: ApiService, change: ServiceChange): Action {
  const { replicas, image } = change;
  const { TaskTemplate } = Spec;
  const call = {
    method: 'POST',
    path: `/services/${ID}/update`,
    query: { version: String(Version.Index) },
    body: {
      ...Spec,
      ...(image !== undefined && {
        TaskTemplate: {
          ...TaskTemplate,
          ContainerSpec: { ...TaskTemplate.ContainerSpec, Image: image },
        },
      }),
      ...(replicas !== undefined && {
        Mode: { Replicated: { ...Spec.Mode.Replicated, Replicas: replicas } },
      }),
    },
  } as const;
  return { call, command: changeCommand(Spec.Name, change) };
}

/** `docker service scale` where only the number changes, as one would type it. */
export function changeCommand(name: string, { replicas, image }: ServiceChange): string {
  if (image === undefined) return `docker service scale ${name}=${replicas ?? ''}`;
  const flags = [`--image ${image}`, ...(replicas === undefined ? [] : [`--replicas ${replicas}`])];
  return `docker service update ${flags.join(' ')} ${name}`;
}

export const removeService = ({ ID, Spec }: ApiService): Action => ({
  call: { method: 'DELETE', path: `/services/${ID}` },
  command: `docker service rm ${Spec.Name}`,
});

export const setAvailability = (
  { ID, Version, Spec, Description }: ApiNode,
  availability: string,
): Action => ({
  call: {
    method: 'POST',
    path: `/nodes/${ID}/update`,
    query: { version: String(Version.Index) },
    body: { ...Spec, Availability: availability },
  },
  command: `docker node update --availability ${availability} ${Description.Hostname ?? ID}`,
});

/** The command that shows what a page of the console shows. */
export const listCommands = {
  services: 'docker service ls',
  nodes: 'docker node ls',
  networks: 'docker network ls',
  tasks: 'docker service ps $(docker service ls -q)',
  stacks: 'docker stack ls',
} as const;

export const serviceCommands = {
  details: (name: string) => `docker service inspect --pretty ${name}`,
  containers: (name: string) => `docker service ps ${name}`,
  logs: (name: string) => `docker service logs ${name}`,
} as const;
