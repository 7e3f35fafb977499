// Sessions by hand: a link or a file to share, a file to open, the session that was put aside. Nothing that comes from
// outside takes the place of the reader's own session before it has been checked and the reader has said so.
import { fill } from '../i18n/fill.ts';
import { linkMark, maxLink, packedLink, unpacked } from '../sessions/packed.ts';
import {
  commandsOf,
  maxCharacters,
  type Refusal,
  type SavedSession,
} from '../sessions/saved-session.ts';
import type { LabSession } from './lab-session.ts';
import { client, keeper, lab, language, make, strings } from './page-data.ts';

const reasons: Readonly<Record<Refusal['reason'], string>> = {
  damaged: strings.refusedDamaged,
  foreign: strings.refusedForeign,
  newer: strings.refusedNewer,
  otherLab: strings.refusedOtherLab,
  tooLarge: strings.refusedTooLarge,
  badInput: strings.refusedBadInput,
};

const pageAddress = (): string => `${location.origin}${location.pathname}`;
const message = (text: string): boolean =>
  dispatchEvent(new CustomEvent('lab-message', { detail: text }));

async function current(): Promise<SavedSession> {
  const [session, keep] = await Promise.all([client.session(), keeper()]);
  return keep.saved(session);
}

/** The lab begins anew; what the reader had is put aside. */
export async function startFresh(): Promise<void> {
  await (await keeper()).putAside();
  client.restart();
}

async function startFrom(session: SavedSession): Promise<void> {
  await (await keeper()).putAside();
  client.restart(session);
}

// ---- giving away ------------------------------------------------------------------------

/** Copies a link to the state as it is; where it gets too long, saves a file instead. */
export async function share(): Promise<void> {
  const session = await current();
  const link = await packedLink(session, pageAddress());
  if (link.length > maxLink) {
    download(session);
    message(strings.sharedAsFile);
    return;
  }
  try {
    await navigator.clipboard.writeText(link);
    message(strings.shared);
  } catch {
    download(session);
    message(strings.sharedAsFile);
  }
}

export async function saveFile(): Promise<void> {
  download(await current());
}

function download(session: SavedSession): void {
  save(JSON.stringify(session), session.savedMillis);
}

function save(text: string, savedMillis: number): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const day = new Date(savedMillis).toISOString().slice(0, 10);
  const link = make('a', { href: url, download: `overnet-${lab.id}-${day}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// ---- taking in --------------------------------------------------------------------------

/** A link that carries a session: what is in it is looked at, and offered or refused. */
export async function offer(place: LabSession, fragment: string): Promise<void> {
  const text = await unpacked(fragment);
  await take(place, text, () =>
    history.replaceState(null, '', location.pathname + location.search),
  );
}

async function take(
  place: LabSession,
  text: string | undefined,
  settled: () => void,
): Promise<void> {
  const keep = await keeper();
  const parsed =
    text === undefined ? ({ ok: false, reason: 'damaged', detail: '' } as const) : keep.parse(text);
  if (!parsed.ok) {
    refuse(place, parsed, settled);
    return;
  }
  const { session } = parsed;
  const accept = place.button(
    strings.shareLoad,
    async () => {
      place.hidden = true;
      settled();
      await startFrom(session);
    },
    false,
  );
  const decline = place.button(strings.close, () => {
    place.hidden = true;
    settled();
  });
  place.say('share', fill(strings.shareOffer, { n: commandsOf(session) }), accept, decline);
}

function refuse(place: LabSession, { reason, detail }: Refusal, settled: () => void): void {
  const known = reason === 'otherLab' && /^[a-z0-9-]+$/.test(detail);
  const there = known
    ? [
        make(
          'a',
          {
            href: `/${language}/labs/${detail}/${location.hash.startsWith(linkMark) ? location.hash : ''}`,
          },
          strings.refusedGoThere,
        ),
      ]
    : [];
  const close = place.button(strings.close, () => {
    place.hidden = true;
    settled();
  });
  place.say('refused', fill(reasons[reason], { detail }), ...there, close);
}

// ---- the dialog -------------------------------------------------------------------------

export async function open(place: LabSession): Promise<void> {
  const dialog = make('dialog', { class: 'session-dialog', 'aria-labelledby': 'session-title' });
  const done = () => dialog.close();
  const choose = make('input', { type: 'file', accept: 'application/json,.json', hidden: '' });
  choose.addEventListener('change', async () => {
    const file = choose.files?.[0];
    done();
    if (!file) return;
    // Four bytes a character at most: a longer file is refused without being read.
    const text = file.size > 4 * maxCharacters ? undefined : await file.text();
    if (text === undefined)
      refuse(place, { reason: 'tooLarge', detail: String(file.size) }, () => undefined);
    else await take(place, text, () => undefined);
    place.scrollIntoView({ block: 'nearest' });
  });
  const act = (label: string, work: () => void | Promise<void>) =>
    place.button(label, async () => {
      await work();
    });
  dialog.append(
    make('h2', { id: 'session-title' }, strings.sessions),
    make(
      'p',
      {},
      (await (await keeper()).mine) ? strings.sessionsWhere : strings.sessionsElsewhere,
    ),
    make(
      'div',
      { class: 'session-acts' },
      act(strings.shareCopy, async () => {
        done();
        await share();
      }),
      act(strings.sessionSaveFile, async () => {
        done();
        await saveFile();
      }),
      act(strings.sessionOpenFile, () => choose.click()),
      ...(await previousActs(place, done)),
    ),
    choose,
    place.button(strings.close, done),
  );
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
}

async function previousActs(place: LabSession, done: () => void): Promise<HTMLElement[]> {
  const previous = await (await keeper()).previous();
  if (!previous) return [];
  const restore = place.button(
    fill(strings.sessionPrevious, { n: previous.commands }),
    async () => {
      done();
      await take(place, previous.text, () => undefined);
      place.scrollIntoView({ block: 'nearest' });
    },
  );
  const file = place.button(strings.sessionPreviousFile, () => {
    done();
    save(previous.text, previous.savedMillis);
  });
  return [restore, file];
}
