// The documents of a file, by the reader that suits it: YAML, large JSON, JSON objects one after the other.
import type { Document } from 'yaml';
import { hasEscapedKey } from '../manifests/escaped-keys.ts';
import { parseManifest } from '../manifests/manifest.ts';
import { type Place, type Problem, parseSource } from '../manifests/source.ts';
import { isJsonObject } from '../model/json.ts';
import type { TextFile } from './files.ts';
import { type JsonPiece, splitJson } from './json-stream.ts';

/** One document of a file. */
export interface ReadDocument {
  /** Counts from 1. */
  readonly number: number;
  /** Absent for what was not read as YAML. */
  readonly tree: Document | undefined;
  readonly value: unknown;
  locate(keys: readonly (string | number)[]): Place;
}

/** A file with its documents. */
export interface ReadFile extends TextFile {
  readonly documents: readonly ReadDocument[];
  /** True for one of several JSON objects in a file, each of which is a file of its own here. */
  readonly isPiece: boolean;
}

/** JSON of this length and more is read by the faster parser, which keeps no places. */
const LARGE = 1024 * 1024;

/** No schema of Kubernetes comes near; what is much deeper breaks whatever looks into it. */
const DEEPEST = 500;

/** The file, or one for each of its JSON objects. Problems are added to `problems`. */
export function readDocuments({ file, text }: TextFile, problems: Problem[]): readonly ReadFile[] {
  const json = /^\s*\{/.test(text);
  const pieces = json ? streamed(file, text) : undefined;
  const large = json && text.length >= LARGE ? parsedJson(text) : undefined;
  if (pieces || large !== undefined) {
    const plain = pieces ?? [plainFile(file, { text, line: 1, column: 1 }, 0, large)];
    return plain.map((one) => ({ ...one, documents: one.documents.filter((each) => !isTooDeep(each, problems)) }));
  }
  const { documents, problems: found } = parseManifest(text, file);
  problems.push(...found);
  return [{ file, text, documents, isPiece: false }];
}

/** JSON objects one after the other; undefined where that is not what the text is. */
function streamed(file: string, text: string): readonly ReadFile[] | undefined {
  const files: ReadFile[] = [];
  for (const [index, piece] of (splitJson(text) ?? []).entries()) {
    const value = parsedJson(piece.text) ?? readJson(piece.text, file);
    if (value === undefined) return undefined;
    files.push({ ...plainFile(file, piece, index, value), isPiece: true });
  }
  return files.length > 0 ? files : undefined;
}

function plainFile(file: string, piece: JsonPiece, index: number, value: unknown): ReadFile {
  const document = { number: index + 1, tree: undefined, value, locate: placesIn(file, piece) };
  return { file, text: piece.text, documents: [document], isPiece: false };
}

/** Places are looked up only where somebody asks, and not at all in what is large. */
function placesIn(file: string, { text, line, column }: JsonPiece): ReadDocument['locate'] {
  let document: ReadDocument | undefined;
  return (keys) => {
    if (keys.length === 0 || text.length >= LARGE) return { file, line, column };
    document ??= parseSource(text, file).documents[0];
    const place = document?.locate(keys) ?? { file, line: 1, column: 1 };
    return { file, line: place.line + line - 1, column: place.line === 1 ? place.column + column - 1 : place.column };
  };
}

/** Undefined where it is no JSON, or where the fast parser is not to be trusted with it. */
function parsedJson(text: string): unknown {
  if (hasEscapedKey(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** The same by the reader of YAML. */
function readJson(text: string, file: string): unknown {
  if (!hasEscapedKey(text)) return undefined;
  const { documents, problems } = parseSource(text, file);
  return problems.length === 0 ? documents[0]?.value : undefined;
}

/** Level by level, as there is no telling how deep it goes. */
function isTooDeep(document: ReadDocument, problems: Problem[]): boolean {
  let level: readonly unknown[] = [document.value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      problems.push({ ...document.locate([]), message: `nested more than ${DEEPEST} levels deep` });
      return true;
    }
    level = level.flatMap(membersOf);
  }
  return false;
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}
