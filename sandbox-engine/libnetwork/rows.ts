// The collections in which all libnetworks of a world keep their state.
import { Collection, type Journal } from '../sim/index.ts';
import type { EndpointRow, LoadBalancerRow, NetworkRows, ServiceEndpointRow } from './api.ts';

/** Key of an index that is per host: rows of all hosts share one collection. */
export const onHost = (host: string, id: string): string => `${host}/${id}`;

/** Makes the collections; once per world. */
export function createNetworkRows(journal: Journal): NetworkRows {
  const networkOf = (row: { readonly host: string; readonly networkId: string }): string =>
    onHost(row.host, row.networkId);
  return {
    networks: new Collection(journal, 'libnetwork.networks', { host: (row) => row.host }),
    endpoints: new Collection<EndpointRow>(journal, 'libnetwork.endpoints', {
      host: (row) => row.host,
      network: networkOf,
      sandbox: (row) => row.sandbox,
    }),
    sandboxes: new Collection(journal, 'libnetwork.sandboxes', {
      host: (row) => row.host,
      container: (row) => onHost(row.host, row.containerId),
    }),
    names: new Collection(journal, 'libnetwork.names', {
      network: (row) => onHost(row.host, row.networkId),
      owner: (row) => onHost(row.host, row.owner),
    }),
    serviceEndpoints: new Collection<ServiceEndpointRow>(journal, 'libnetwork.serviceEndpoints', {
      host: (row) => row.host,
      network: networkOf,
    }),
    loadBalancers: new Collection<LoadBalancerRow>(journal, 'libnetwork.loadBalancers', {
      host: (row) => row.host,
      network: networkOf,
    }),
    namespaces: new Collection(journal, 'libnetwork.namespaces', { host: (row) => row.host }),
  };
}
