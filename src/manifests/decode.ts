// From the bytes of a file to its text.

/**
 * Byte order marks where kubectl passes over one: at the beginning of a file, and of every document, as files have them that
 * were put together. Anywhere else a mark is part of the text, for kubectl as well.
 */
const MARKS = /(?<=^|(?:^|\n)---[ \t]*(?:#[^\n]*)?\r?\n)\uFEFF/g;

/**
 * The text of a file in UTF-8, without byte order marks.
 * @throws Error where the bytes are not UTF-8, with a message that says so. What would stand in for such bytes would become
 * part of names: of an image, for instance.
 */
export function decodeText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(isUtf16(bytes) ? 'the text is in UTF-16 (expected UTF-8)' : 'not a text file (expected UTF-8)');
  }
  return text.includes('\uFEFF') ? text.replaceAll(MARKS, '') : text;
}

/** True for bytes that begin with the byte order mark of UTF-16, as `>` in older PowerShells writes it. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return bytes.length % 2 === 0 && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff));
}
