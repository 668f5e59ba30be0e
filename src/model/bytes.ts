// Texts and their bytes, without what only Node has: this runs in browsers, too.

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** The bytes of a text in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** The text that bytes are in UTF-8; U+FFFD where they are not. */
export function textOfBytes(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  return bytesOf(text).length;
}

/** Two lower-case digits for each byte. */
export function hexOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Negative where the first come before the second, byte by byte; 0 where they are the same. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (const [index, byte] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (byte !== other) return byte < other ? -1 : 1;
  }
  return a.length < b.length ? -1 : 0;
}
