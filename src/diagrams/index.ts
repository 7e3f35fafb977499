export { changesHtml, shownChanges } from './changes-html.ts';
export { hostMermaid } from './host-mermaid.ts';
export { hostSvg } from './host-svg.ts';
export { hostTwin } from './host-twin.ts';
export { lanMermaid } from './lan-mermaid.ts';
export { lanSvg } from './lan-svg.ts';
export { lanTwin } from './lan-twin.ts';
export { type Twin, twinHtml } from './twin.ts';
