// A view of the state as Mermaid text and as words. Loaded with the first drawing.
import type {
  DiagramName,
  PacketAddresses,
  RequestStep,
  RequestView,
  ViewParameters,
} from '../../sandbox-engine/protocol/index.ts';
import { decisionText } from '../diagrams/decision-words.ts';
import { mermaidOf, twinOf } from '../diagrams/describe.ts';
import { labelled, twinHtml } from '../diagrams/twin.ts';
import { language } from './page-data.ts';

export interface Description {
  /** Mermaid's. */
  readonly text: string;
  readonly summary: string;
  /** The text twin as HTML. */
  readonly words: string;
}

export function describe(
  view: DiagramName,
  parameters: ViewParameters,
  value: unknown,
): Description {
  const twin = twinOf(view, parameters, value, language);
  return {
    text: mermaidOf(view, parameters, value, language),
    summary: twin.summary,
    words: twinHtml(twin),
  };
}

/** One stage of a packet's way: where, what decided, and the addresses then. */
export function stepText({ places }: RequestView, step: RequestStep): string {
  const place = places.find(({ id }) => id === step.place);
  const where = [...new Set([place?.host, place?.name, step.device])].filter(Boolean).join(' · ');
  const addresses = (side: PacketAddresses) => `${side.source} → ${side.destination}`;
  const [before, after] = [addresses(step.before), addresses(step.after)];
  const decided = labelled(where, decisionText(step.decision, language), language);
  return `${decided} [${before === after ? before : `${before} ⇒ ${after}`}]`;
}
