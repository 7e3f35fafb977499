export { type Cluster, type ClusterOptions, createCluster } from './cluster.ts';
export { type ClusterWorld, type ClusterWorldOptions, createClusterWorld } from './world.ts';
