export { diagramTitle, drawing } from './baked.ts';
export { changesHtml, shownChanges } from './changes-html.ts';
export { lanSvg } from './lan-svg.ts';
export { lanTwin } from './lan-twin.ts';
export { twinHtml } from './twin.ts';
