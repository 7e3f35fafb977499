// A list of changes put into its place. It is written anew with every change of the state: what the reader has opened stays.
import type { ChangesView } from '../../sandbox-engine/protocol/index.ts';
import { changesHtml } from '../diagrams/changes-html.ts';
import { language } from './page-data.ts';

export function showChanges(body: HTMLElement, changes: ChangesView): void {
  const open = body.querySelector('details')?.open === true;
  body.innerHTML = changesHtml(changes, language);
  if (open) body.querySelector('details')?.setAttribute('open', '');
}
