export { Filters, filtersOf, flag, integer } from './query.ts';
export {
  answered,
  createRouter,
  failed,
  json,
  noContent,
  type Route,
  type RouteParams,
  route,
  slowRoute,
  streamed,
} from './router.ts';
