// Nodes and the swarm itself as the Engine API shows them: keys in Docker's order.
// Mirrors: moby daemon/cluster/convert/{node,swarm}.go, api/types/swarm.
import type { Sim } from '../../sim/index.ts';
import {
  type ClusterRow,
  type NodeTls,
  type SwarmNodeRow,
  type SwarmObject,
  signingCa,
  tlsOf,
} from '../../swarmkit/index.ts';
import { timestamp } from '../context.ts';
import { keptViews } from './kept-views.ts';

/** ID, Version, CreatedAt, UpdatedAt. */
export const metaView = (sim: Sim, row: SwarmObject): object => ({
  ID: row.id,
  Version: { Index: row.version },
  CreatedAt: timestamp(sim, row.createdAt),
  UpdatedAt: timestamp(sim, row.updatedAt),
});

const tlsView = ({ trustRoot, issuerSubject, issuerPublicKey }: NodeTls): object => ({
  TrustRoot: trustRoot,
  CertIssuerSubject: issuerSubject,
  CertIssuerPublicKey: issuerPublicKey,
});

/** What all nodes have, but for those that have not come so far in a rotation. */
const tlsOfCluster = (row: ClusterRow): NodeTls => tlsOf(row.rootCa, signingCa(row));

const keptNodes = keptViews<SwarmNodeRow>();

export function nodeView(sim: Sim, node: SwarmNodeRow, cluster: ClusterRow): object {
  return keptNodes(node, [cluster], () => makeNodeView(sim, node, cluster));
}

function makeNodeView(sim: Sim, node: SwarmNodeRow, cluster: ClusterRow): object {
  const { spec, description, status, manager } = node;
  return {
    ...metaView(sim, node),
    Spec: {
      ...(spec.Name && { Name: spec.Name }),
      Labels: spec.Labels,
      Role: spec.Role,
      Availability: spec.Availability,
    },
    Description: description
      ? {
          Hostname: description.hostname,
          Platform: { Architecture: description.architecture, OS: description.os },
          Resources: {
            NanoCPUs: description.nanoCpus,
            MemoryBytes: description.memoryBytes,
          },
          Engine: {
            EngineVersion: description.engineVersion,
            ...(Object.keys(description.engineLabels).length > 0 && {
              Labels: description.engineLabels,
            }),
            Plugins: description.plugins.map(({ type, name }) => ({ Type: type, Name: name })),
          },
          TLSInfo: tlsView(description.tls ?? tlsOfCluster(cluster)),
        }
      : { Platform: {}, Resources: {}, Engine: {}, TLSInfo: {} },
    Status: {
      State: status.state,
      ...(status.message && { Message: status.message }),
      Addr: status.address,
    },
    ...(manager && {
      ManagerStatus: {
        ...(manager.leader && { Leader: true }),
        Reachability: manager.reachability,
        Addr: manager.address,
      },
    }),
  };
}

/** The swarm as /info shows it; /swarm adds the tokens. */
export function clusterView(sim: Sim, row: ClusterRow): object {
  const { spec } = row;
  return {
    ...metaView(sim, row),
    Spec: spec,
    TLSInfo: tlsView(tlsOfCluster(row)),
    RootRotationInProgress: row.rootRotation !== undefined,
    DefaultAddrPool: row.addressPools.length > 0 ? row.addressPools : null,
    SubnetSize: row.subnetSize,
    DataPathPort: row.dataPathPort,
  };
}

export const swarmView = (sim: Sim, row: ClusterRow): object => ({
  ...clusterView(sim, row),
  JoinTokens: { Worker: row.joinTokens.worker, Manager: row.joinTokens.manager },
});
