// A view of the state as Mermaid text and as words, by the name of the drawing: what a live drawing needs.
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
import { attachmentsMermaid, attachmentsTwin } from './attachments.ts';
import { directionsMermaid, directionsTwin } from './directions.ts';
import { hostMermaid } from './host-mermaid.ts';
import { hostTwin } from './host-twin.ts';
import { lanMermaid } from './lan-mermaid.ts';
import { lanTwin } from './lan-twin.ts';
import { placementMermaid, placementTwin } from './placement.ts';
import { requestMermaid, requestTwin } from './request.ts';
import { swarmMermaid } from './swarm-mermaid.ts';
import { swarmTwin } from './swarm-twin.ts';
import type { Twin } from './twin.ts';

export function mermaidOf(
  name: DiagramName,
  parameters: ViewParameters,
  value: unknown,
  language: Language,
): string {
  switch (name) {
    case 'lan':
      return lanMermaid(value as LanView, language);
    case 'host':
      return hostMermaid(value as HostView, language);
    case 'swarm':
      return swarmMermaid(value as SwarmView, language);
    case 'attachments':
      return attachmentsMermaid(value as AttachmentsView, parameters, language);
    case 'request':
      return requestMermaid(value as RequestView | undefined, parameters, language);
    case 'directions':
      return directionsMermaid(value as DirectionsView, language);
    case 'placement':
      return placementMermaid(value as PlacementView, language);
  }
}

export function twinOf(
  name: DiagramName,
  parameters: ViewParameters,
  value: unknown,
  language: Language,
): Twin {
  switch (name) {
    case 'lan':
      return lanTwin(value as LanView, language);
    case 'host':
      return hostTwin(value as HostView, language);
    case 'swarm':
      return swarmTwin(value as SwarmView, language);
    case 'attachments':
      return attachmentsTwin(value as AttachmentsView, parameters, language);
    case 'request':
      return requestTwin(value as RequestView | undefined, parameters, language);
    case 'directions':
      return directionsTwin(value as DirectionsView, language);
    case 'placement':
      return placementTwin(value as PlacementView, language);
  }
}
