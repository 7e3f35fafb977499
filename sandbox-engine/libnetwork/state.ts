// What one controller keeps beside its rows: drivers, allocated ports, and the servers that run for sandboxes.
import { must } from '../std/index.ts';
import type { EndpointRow, NetworkRow, SandboxRow, SandboxSpec } from './api.ts';
import type { Context } from './context.ts';
import type { Driver } from './drivers/driver.ts';
import type { PortAllocator } from './ports/allocator.ts';
import type { PublishedPort } from './ports/publish.ts';
import type { Resolver } from './resolver/resolver.ts';
import { onHost } from './rows.ts';
import type { ServiceState } from './service/state.ts';

/** What a sandbox was asked to be. Load-balancer sandboxes have no files and no published ports. */
export type SandboxOrder = Omit<SandboxSpec, 'networks' | 'fs' | 'kind'> & {
  readonly kind: SandboxSpec['kind'] | 'load-balancer' | 'ingress';
  readonly fs: SandboxSpec['fs'] | undefined;
};

/** The running side of a sandbox. */
export interface LiveSandbox {
  readonly id: string;
  order: SandboxOrder;
  resolver: Resolver | undefined;
  /** Ports published, and the endpoint through which they are. */
  published: readonly PublishedPort[];
  publishedOn: string | undefined;
}

export interface State {
  readonly context: Context;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly ports: PortAllocator;
  readonly live: Map<string, LiveSandbox>;
  readonly services: ServiceState;
}

export const networkRow = ({ context }: State, networkId: string): NetworkRow | undefined =>
  context.rows.networks.get(onHost(context.host, networkId));

export const networksOf = ({ context }: State): NetworkRow[] =>
  context.rows.networks.where('host', context.host);

export const networkNamed = (state: State, name: string): NetworkRow | undefined =>
  networksOf(state).find((row) => row.name === name);

export const endpointsOn = ({ context }: State, networkId: string): EndpointRow[] =>
  context.rows.endpoints.where('network', onHost(context.host, networkId));

/** The endpoints of a sandbox, in the order in which they were joined. */
export const endpointsIn = ({ context }: State, sandbox: string): EndpointRow[] =>
  context.rows.endpoints.where('sandbox', sandbox);

export const sandboxRow = ({ context }: State, sandbox: string): SandboxRow =>
  context.rows.sandboxes.must(sandbox);

export const driverOf = (state: State, network: NetworkRow): Driver =>
  must(state.drivers.get(network.driver), `driver ${network.driver}`);

export const networkOf = (state: State, endpoint: EndpointRow): NetworkRow =>
  must(networkRow(state, endpoint.networkId), `network of endpoint ${endpoint.name}`);
