// A session as the fragment of a link: packed, so that nothing is sent to any server.
import type { LabInput } from '../../sandbox-engine/protocol/index.ts';

const mark = '#s=';
/** A link that unpacks to more than this is not one of ours. */
const maxCharacters = 2_000_000;

export async function sessionLink(inputs: readonly LabInput[]): Promise<string> {
  const stream = new Blob([JSON.stringify(inputs)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const packed = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${location.origin}${location.pathname}${mark}${packed}`;
}

/** The inputs that a fragment carries; undefined when it carries none or is damaged. */
export async function sessionFrom(fragment: string): Promise<readonly LabInput[] | undefined> {
  if (!fragment.startsWith(mark)) return undefined;
  try {
    const packed = fragment.slice(mark.length).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const text = await new Response(stream).text();
    if (text.length > maxCharacters) return undefined;
    const inputs: unknown = JSON.parse(text);
    return Array.isArray(inputs) && inputs.every(isInput) ? inputs : undefined;
  } catch {
    return undefined;
  }
}

/** Every kind of input that there is: a new one does not compile until it is here. */
const kinds: Readonly<Record<LabInput['do'], true>> = {
  open: true,
  run: true,
  input: true,
  resize: true,
  browse: true,
};

function isInput(value: unknown): value is LabInput {
  if (typeof value !== 'object' || value === null) return false;
  const { at, do: what } = value as Partial<Record<string, unknown>>;
  return typeof at === 'number' && typeof what === 'string' && Object.hasOwn(kinds, what);
}
