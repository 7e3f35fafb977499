export {
  type ClusterNetworks,
  type NetworkPeer,
  type NetworkServiceView,
  notManager,
} from './cluster.ts';
export { allNetworks, type FoundNetwork, findUnique } from './find.ts';
export { networkView } from './inspect.ts';
export { type ContainerNetworking, type NetworkRouteDeps, networkRoutes } from './routes.ts';
export { networkSpecOf } from './spec.ts';
