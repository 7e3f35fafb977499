export {
  type Healthcheck,
  type HistoryEntry,
  type ImageConfig,
  type ImageDefinition,
  type ImageLayer,
  imageSize,
  type PublishedTag,
} from './image.ts';
export { publishedTags } from './images/catalogue.ts';
