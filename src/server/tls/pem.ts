// Reads PEM files, and detects those that are only half written.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { StartError } from '../start-error.ts';

const BEGIN = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const BLOCK = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** Reads a text file. Rejects with a {@link StartError} that names it. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StartError(`${file}: cannot be read (${reasonOf(error)})`);
  }
}

/** Parses the text of `file` with `read`. Throws a {@link StartError} that says what was expected. */
export function parse<T>(file: string, text: string, expected: string, read: (text: string) => T): T {
  try {
    if (text.trim() === '') throw new Error('the file is empty');
    return read(text);
  } catch (error) {
    throw new StartError(`${file}: expected ${expected} (${reasonOf(error)})`);
  }
}

/** All certificates of a chain or bundle, at least one. OpenSSL does not report a text that is cut off. */
export function certificatesIn(text: string): readonly [X509Certificate, ...X509Certificate[]] {
  const [first, ...others] = text.match(BLOCK) ?? [];
  if (first === undefined) throw new Error('no certificate begins and ends in it');
  if (text.match(BEGIN)?.length !== others.length + 1) throw new Error('a certificate in it is cut off');
  return [new X509Certificate(first), ...others.map((block) => new X509Certificate(block))];
}

/** The reason in a caught error, for the end of a sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
