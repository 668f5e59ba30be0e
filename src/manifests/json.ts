// The fast reader of JSON: without a syntax tree, and with places only on demand. For JSON that is large, and for objects one
// after the other, which YAML has no syntax for.
import { isJsonObject } from '../model/json.ts';
import { hasEscapedKey } from './escaped-keys.ts';
import { type JsonPiece, splitJson } from './json-stream.ts';
import type { ParsedSource, Problem, SourceDocument } from './source.ts';
import { parseYaml } from './yaml.ts';

/** In JSON of this many characters and more no places are looked up: that takes the reader of YAML, which is slow. */
export const LARGE = 1024 * 1024;

/** No schema of Kubernetes comes near. Recursive code breaks on values that are nested much deeper. */
const DEEPEST = 500;

/**
 * The objects of a JSON text: several in a row, or a single one of at least `fastFrom` characters. Undefined for every other
 * text, which is for the reader of YAML.
 */
export function parseJson(
  text: string,
  file: string,
  fastFrom: number,
  isOneObject: boolean,
): ParsedSource | undefined {
  const stream = isOneObject ? undefined : streamed(text, file);
  const single = stream ? undefined : singleObject(text, file, fastFrom);
  const documents = stream ?? single;
  if (!documents) return undefined;
  const tooDeep = new Set(documents.filter((document) => isTooDeep(document.value)));
  const message = `nested more than ${DEEPEST} levels deep`;
  const problems = [...tooDeep].map((document): Problem => ({ ...document.locate([]), message }));
  return {
    documents: documents.filter((document) => !tooDeep.has(document)),
    problems,
    isStream: stream !== undefined,
  };
}

function streamed(text: string, file: string): SourceDocument[] | undefined {
  const documents: SourceDocument[] = [];
  for (const [index, piece] of (splitJson(text) ?? []).entries()) {
    const value = fastValue(piece.text) ?? slowValue(piece.text, file);
    if (value === undefined) return undefined;
    documents.push(documentOf(piece, file, index + 1, value));
  }
  return documents.length > 0 ? documents : undefined;
}

function singleObject(text: string, file: string, fastFrom: number): SourceDocument[] | undefined {
  if (text.length < fastFrom) return undefined;
  const value = fastValue(text);
  return value === undefined ? undefined : [documentOf({ text, line: 1, column: 1 }, file, 1, value)];
}

function documentOf(piece: JsonPiece, file: string, number: number, value: unknown): SourceDocument {
  const { text, line } = piece;
  return { file, number, line, value, text, tree: undefined, locate: placesIn(piece, file) };
}

function placesIn({ text, line, column }: JsonPiece, file: string): SourceDocument['locate'] {
  let document: SourceDocument | undefined;
  return (keys, what) => {
    if (keys.length === 0 || text.length >= LARGE) return { file, line, column };
    document ??= parseYaml(text, file).documents[0];
    const place = document?.locate(keys, what) ?? { file, line: 1, column: 1 };
    return { file, line: place.line + line - 1, column: place.line === 1 ? place.column + column - 1 : place.column };
  };
}

/** Undefined for what is not JSON, and for what JSON.parse may read wrongly. */
function fastValue(text: string): unknown {
  if (hasEscapedKey(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** JSON that JSON.parse may read wrongly, by the reader of YAML. */
function slowValue(text: string, file: string): unknown {
  if (!hasEscapedKey(text)) return undefined;
  const { documents, problems } = parseYaml(text, file);
  return problems.length === 0 ? documents[0]?.value : undefined;
}

/** Level by level and not by recursion, which is what deep values break. */
function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap(membersOf);
  }
  return false;
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}
