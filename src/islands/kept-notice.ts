// The line that says what is kept of this lab. lab.ts draws it before the page is shown, so that nothing moves under a
// hand later; lab-session.ts, loaded after it, gives its buttons their work.
import { fill } from '../i18n/fill.ts';
import type { IslandStrings, Language } from '../i18n/index.ts';
import type { Note } from '../sessions/note.ts';

/** What the page carries for its islands, in as much as this needs it. */
interface Words {
  readonly language: Language;
  readonly strings: IslandStrings;
}

export const wordsOfPage = (): Words =>
  JSON.parse(document.getElementById('lab-data')?.textContent ?? '{}') as Words;

/** Says it in `<lab-session>`. */
export function showKept(element: HTMLElement, note: Note, { language, strings }: Words): void {
  const when = new Date(note.savedMillis).toLocaleString(language === 'zh' ? 'zh-CN' : 'en', {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const text = document.createElement('span');
  text.textContent = fill(strings.sessionKept, { n: note.commands, when });
  element.dataset.kind = 'kept';
  element.hidden = false;
  element.replaceChildren(
    text,
    button('button', 'go-on', strings.sessionGoOn),
    button('button quiet', 'fresh', strings.sessionFresh),
  );
}

function button(kind: string, act: string, label: string): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = kind;
  element.dataset.act = act;
  element.textContent = label;
  return element;
}
