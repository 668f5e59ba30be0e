// Bytes and the text that they are in UTF-8, with what both Node and browsers have.

const ENCODER = new TextEncoder();
/** A byte order mark is a character like any other. What is not UTF-8 becomes U+FFFD. */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** The UTF-8 of a text; half a character becomes U+FFFD. */
export function bytesOf(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** The text of UTF-8. */
export function textOfBytes(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += bytesOfCharacter(character);
  return bytes;
}

/** The bytes of one character in UTF-8; half of one is written as U+FFFD, in three. */
export function bytesOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Two hexadecimal digits for each byte. */
export function hexOfBytes(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

/** Negative, zero or positive, byte by byte; what is longer comes after what it begins with. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
