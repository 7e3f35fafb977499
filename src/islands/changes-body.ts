// A list of changes put into its place. It is written anew with every change of the state: what the reader has opened stays,
// and so does the focus on what it was opened with.
import type { ChangesView } from '../../sandbox-engine/protocol/index.ts';
import { changesHtml } from '../diagrams/changes-html.ts';
import { language } from './page-data.ts';

export function showChanges(body: HTMLElement, changes: ChangesView): void {
  const open = body.querySelector('details')?.open === true;
  const focused = body.contains(document.activeElement);
  body.innerHTML = changesHtml(changes, language);
  if (focused) body.querySelector('summary')?.focus({ preventScroll: true });
  if (open) body.querySelector('details')?.setAttribute('open', '');
}
