// A view of the state as Mermaid text and as words. Loaded with the first drawing.
import type { HostView, LanView } from '../../sandbox-engine/protocol/index.ts';
import { hostMermaid } from '../diagrams/host-mermaid.ts';
import { hostTwin } from '../diagrams/host-twin.ts';
import { lanMermaid } from '../diagrams/lan-mermaid.ts';
import { lanTwin } from '../diagrams/lan-twin.ts';
import { twinHtml } from '../diagrams/twin.ts';
import { language } from './page-data.ts';

export interface Description {
  /** Mermaid's. */
  readonly text: string;
  readonly summary: string;
  /** The text twin as HTML. */
  readonly words: string;
}

export function describe(view: string, value: unknown): Description {
  if (view === 'lan') {
    const lan = value as LanView;
    const twin = lanTwin(lan, language);
    return { text: lanMermaid(lan, language), summary: twin.summary, words: twinHtml(twin) };
  }
  const host = value as HostView;
  const twin = hostTwin(host, language);
  return { text: hostMermaid(host, language), summary: twin.summary, words: twinHtml(twin) };
}
