// Nodes and the swarm itself as the Engine API shows them: keys in Docker's order.
// Mirrors: moby daemon/cluster/convert/{node,swarm}.go, api/types/swarm.
import type { Sim } from '../../sim/index.ts';
import type { ClusterRow, SwarmNodeRow, SwarmObject } from '../../swarmkit/index.ts';
import { timestamp } from '../context.ts';

/** ID, Version, CreatedAt, UpdatedAt. */
export const metaView = (sim: Sim, row: SwarmObject): object => ({
  ID: row.id,
  Version: { Index: row.version },
  CreatedAt: timestamp(sim, row.createdAt),
  UpdatedAt: timestamp(sim, row.updatedAt),
});

const tlsView = ({ rootCa }: ClusterRow): object => ({
  TrustRoot: rootCa.certificate,
  CertIssuerSubject: rootCa.issuerSubject,
  CertIssuerPublicKey: rootCa.issuerPublicKey,
});

export function nodeView(sim: Sim, node: SwarmNodeRow, cluster: ClusterRow): object {
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
          TLSInfo: tlsView(cluster),
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
    TLSInfo: tlsView(row),
    RootRotationInProgress: row.rootRotationInProgress,
    DefaultAddrPool: row.addressPools.length > 0 ? row.addressPools : null,
    SubnetSize: row.subnetSize,
    DataPathPort: row.dataPathPort,
  };
}

export const swarmView = (sim: Sim, row: ClusterRow): object => ({
  ...clusterView(sim, row),
  JoinTokens: { Worker: row.joinTokens.worker, Manager: row.joinTokens.manager },
});
