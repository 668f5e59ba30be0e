// Goes through a large file piece by piece: no more than one piece and what surrounds it is held at a time.
import type { Problem } from '../source.ts';
import { JsonSplitter } from './json-splitter.ts';
import type { Piece, Splitter } from './piece.ts';
import { YamlSplitter } from './yaml-splitter.ts';

const MARK = [0xef, 0xbb, 0xbf] as const;
const SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The pieces of a file, in order.
 * @param file its name, for places
 * @param onProblem told of what cannot be split, such as a List that ends in the middle
 */
export async function* piecesOf(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  onProblem: (problem: Problem) => void,
): AsyncGenerator<Piece> {
  let splitter: Splitter | undefined;
  for await (const chunk of chunks) {
    const bytes = splitter ? chunk : withoutMark(chunk);
    splitter ??= looksLikeJson(bytes) ? new JsonSplitter(file) : new YamlSplitter(file);
    yield* splitter.push(bytes);
  }
  if (!splitter) return;
  yield* splitter.end();
  for (const problem of splitter.problems) onProblem(problem);
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return MARK.every((byte, index) => bytes[index] === byte) ? bytes.subarray(MARK.length) : bytes;
}

function looksLikeJson(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (!SPACE.has(byte)) return byte === 0x7b;
  return false;
}
