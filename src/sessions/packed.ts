// A session as the fragment of a link: packed, so that nothing is sent to any server.
import { maxCharacters, type SavedSession } from './saved-session.ts';

export const linkMark = '#s=';
/** Longer links are cut by mail programs and chats: a file is offered instead. */
export const maxLink = 8_000;

export async function packedLink(session: SavedSession, page: string): Promise<string> {
  const stream = new Blob([JSON.stringify(session)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const packed = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${page}${linkMark}${packed}`;
}

/** The text that a fragment carries; undefined when it is damaged or unpacks to more than a session may be. */
export async function unpacked(fragment: string): Promise<string | undefined> {
  try {
    const packed = fragment.slice(linkMark.length).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += value;
      if (text.length <= maxCharacters) continue;
      // A small link may unpack to gigabytes: no more of it is read.
      await reader.cancel();
      return undefined;
    }
  } catch {
    return undefined;
  }
}
