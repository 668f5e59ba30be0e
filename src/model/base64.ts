// Base64, as JSON has bytes: by Node where this runs in Node, since that is on the path of a review, and by what browsers have
// elsewhere.

/** Text as the base64 of its UTF-8, and how many bytes that is. */
export interface EncodedText {
  readonly base64: string;
  readonly bytes: number;
}

/** Encodes a text. Half a character becomes U+FFFD. */
export function base64OfText(text: string): EncodedText {
  if (typeof globalThis.Buffer === 'function') {
    const buffer = globalThis.Buffer.from(text);
    return { base64: buffer.toString('base64'), bytes: buffer.length };
  }
  // encodeURIComponent writes each byte of the UTF-8 as %XX, and refuses half a character.
  const binary = encodeURIComponent(text.toWellFormed()).replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { base64: btoa(binary), bytes: binary.length };
}
