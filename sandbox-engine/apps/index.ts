export {
  gatewayAddress,
  gatewayTree,
  internetAddresses,
  internetNames,
  startGateway,
} from './gateway.ts';
export { hostEnvironment, hostLayers } from './host-image.ts';
export {
  type Healthcheck,
  type HistoryEntry,
  type ImageConfig,
  type ImageDefinition,
  type ImageLayer,
  imageSize,
  type PublishedTag,
} from './image.ts';
export { imageTrees, publishedTags } from './images/catalogue.ts';
export { type ManifestAnswer, registryAddress } from './registry-server.ts';
