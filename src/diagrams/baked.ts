// A view of the state as our own SVG and as words: what a page carries before anything runs in it.
import type {
  AttachmentsView,
  DiagramName,
  DirectionsView,
  HostView,
  LanView,
  PlacementView,
  RequestView,
  SwarmView,
  ViewParameters,
} from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { attachmentsSvg } from './attachments.ts';
import { twinOf } from './describe.ts';
import { directionsSvg } from './directions.ts';
import { hostSvg } from './host-svg.ts';
import { lanSvg } from './lan-svg.ts';
import { placementSvg } from './placement.ts';
import { requestSvg } from './request.ts';
import { swarmSvg } from './swarm-svg.ts';
import { swarmWords } from './swarm-words.ts';
import type { Twin } from './twin.ts';

export const diagramTitle = (
  name: DiagramName,
  parameters: ViewParameters,
  language: Language,
): string => swarmWords[language].title[name](parameters);

export const drawing = (
  name: DiagramName,
  parameters: ViewParameters,
  value: unknown,
  language: Language,
): { readonly svg: string; readonly twin: Twin } => ({
  svg: svgOf(name, parameters, value, language),
  twin: twinOf(name, parameters, value, language),
});

function svgOf(
  name: DiagramName,
  parameters: ViewParameters,
  value: unknown,
  language: Language,
): string {
  switch (name) {
    case 'lan':
      return lanSvg(value as LanView, language);
    case 'host':
      return hostSvg(value as HostView, language);
    case 'swarm':
      return swarmSvg(value as SwarmView, language);
    case 'attachments':
      return attachmentsSvg(value as AttachmentsView, parameters, language);
    case 'request':
      return requestSvg(value as RequestView | undefined, parameters, language);
    case 'directions':
      return directionsSvg(value as DirectionsView, language);
    case 'placement':
      return placementSvg(value as PlacementView, language);
  }
}
