// The state of the page as the fragment of a link. A browser does not send the fragment to the server that it gets the page from.
import type { State } from './state.ts';

/** What stands before the state, so that another way to write it can be told from this one. */
const PREFIX = 'v1.';
/** The longest fragment. Browsers take more, but chats and issue trackers cut longer links off. */
export const LONGEST_FRAGMENT = 32_000;
/** The most that a fragment may unpack to, in bytes: deflate can make a gigabyte of a few kilobytes. */
export const LARGEST_STATE = 1_000_000;

/** The state of a link, or what is wrong with the link. */
export type FromLink = { readonly ok: true; readonly state: State } | { readonly ok: false; readonly message: string };

/** The fragment for a state, without the `#`; undefined where it would be longer than {@link LONGEST_FRAGMENT}. */
export async function fragmentOf({ policies, manifests }: State): Promise<string | undefined> {
  const text = new TextEncoder().encode(JSON.stringify([policies, manifests]));
  if (text.length > LARGEST_STATE) return undefined;
  const packed = await bytesThrough(text, new CompressionStream('deflate-raw'), LARGEST_STATE);
  const fragment = `${PREFIX}${base64url(packed)}`;
  return fragment.length > LONGEST_FRAGMENT ? undefined : fragment;
}

/** Reads a fragment, without the `#`. Anybody can send anybody a link, so that it may hold anything. */
export async function stateOf(fragment: string): Promise<FromLink> {
  if (!fragment.startsWith(PREFIX)) return bad('it does not start as a link of this page does');
  if (fragment.length > LONGEST_FRAGMENT) return bad(`it is longer than ${LONGEST_FRAGMENT} characters`);
  const packed = bytesOf(fragment.slice(PREFIX.length));
  if (!packed) return bad('it was cut off or changed');
  try {
    const text = await bytesThrough(packed, new DecompressionStream('deflate-raw'), LARGEST_STATE);
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
    if (!isPair(value)) return bad('it does not hold policies and manifests');
    return { ok: true, state: { policies: value[0], manifests: value[1] } };
  } catch (error) {
    if (error instanceof RangeError) return bad(error.message);
    return bad('it was cut off or changed');
  }
}

function bad(why: string): FromLink {
  return { ok: false, message: `This link cannot be read: ${why}.` };
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');
}

/** @throws RangeError where more than `limit` bytes come out; whatever the stream throws for bytes that it cannot read */
async function bytesThrough(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new RangeError(`it holds more than ${limit} bytes`);
    }
    chunks.push(next.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
