// The Kubernetes objects in files: one for each document, or for each item of a List.
import type { TextFile } from '../../manifests/files.ts';
import { parseManifest } from '../../manifests/manifest.ts';
import type { Place, Problem, SourceDocument } from '../../manifests/source.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { GroupVersionKind } from '../../model/subject.ts';

/** An object of the input. */
export interface InputObject {
  readonly file: string;
  /** Counts from 1. */
  readonly document: number;
  readonly line: number;
  readonly apiVersion: string;
  readonly kind: GroupVersionKind;
  readonly value: JsonObject;
  /** The keys that lead to it inside its document: none, or `items` and an index. */
  readonly keys: readonly (string | number)[];
  /** The place of a field of the object, or of the nearest thing around it. */
  locate(keys: readonly (string | number)[]): Place;
}

/** A document of the input: an object, or a List. */
export interface InputDocument {
  readonly number: number;
  readonly tree: SourceDocument['tree'];
  readonly value: JsonObject;
  readonly objects: readonly InputObject[];
}

/** A file of the input. */
export interface InputFile extends TextFile {
  readonly documents: readonly InputDocument[];
  /** True for one of several JSON objects in a file, each of which is an input file of its own here. */
  readonly isPiece: boolean;
}

/** Files with their objects, and what is wrong with them. */
export interface ParsedFiles {
  /** Those without syntax errors. */
  readonly files: readonly InputFile[];
  /** The names of files that somebody did not name and that hold no Kubernetes object, such as a values.yaml. */
  readonly foreign: readonly string[];
  /** Syntax errors, and documents that are not Kubernetes objects. */
  readonly problems: readonly Problem[];
}

/** A file, and whether it was found in a folder and not named. */
type GivenFile = TextFile & { readonly isNamed?: boolean };

/** The objects of files that were read. Problems come in the order of the files. */
export function parseFiles(files: readonly GivenFile[]): ParsedFiles {
  const problems: Problem[] = [];
  const parsed: InputFile[] = [];
  const foreign: string[] = [];
  for (const { file, text, isNamed = true } of files) {
    const source = parseManifest(text, file);
    problems.push(...source.problems);
    // Of a file that is not read as its author meant it, no verdict can be trusted.
    if (source.problems.length > 0) continue;
    if (!isNamed && source.documents.length > 0 && !source.documents.some(({ value }) => isMeantAsObject(value))) {
      foreign.push(file);
      continue;
    }
    const documents = source.documents.map((document) => inputDocument(document, problems));
    if (source.isStream) {
      for (const [index, document] of documents.entries()) {
        parsed.push({ file, text: source.documents[index]?.text ?? '', documents: [document], isPiece: true });
      }
    } else {
      parsed.push({ file, text, documents, isPiece: false });
    }
  }
  return { files: parsed, foreign, problems };
}

/** The fields of which every Kubernetes object has one or another. A Chart.yaml has an apiVersion, a values.yaml may have a kind. */
const OBJECT_FIELDS = ['metadata', 'spec', 'items', 'data'] as const;

/** True for a Kubernetes object, and for one whose apiVersion or kind was forgotten: that is a mistake worth a message. */
function isMeantAsObject(value: unknown): boolean {
  const has = (key: string): boolean => (ownField(value, key) ?? undefined) !== undefined;
  if (!has('apiVersion') && !has('kind')) return false;
  return (has('apiVersion') && has('kind')) || OBJECT_FIELDS.some(has);
}

function inputDocument(document: SourceDocument, problems: Problem[]): InputDocument {
  const { number, tree, value } = document;
  const objects = objectsIn(value, [], document, problems);
  return { number, tree, value: isJsonObject(value) ? value : {}, objects };
}

/** The document that a value is in. */
export interface Origin {
  readonly file: string;
  readonly number: number;
  locate(keys: readonly (string | number)[]): Place;
}

/** The objects of a value: itself, or the items of a List. Problems are added to `problems`. */
export function objectsIn(
  value: unknown,
  keys: readonly (string | number)[],
  origin: Origin,
  problems: Problem[],
): InputObject[] {
  const complain = (at: readonly string[], message: string): [] => {
    problems.push({ ...origin.locate([...keys, ...at]), message });
    return [];
  };
  if (!isJsonObject(value)) return complain([], 'not a Kubernetes object (expected a map with apiVersion and kind)');
  const apiVersion = stringField(value, 'apiVersion');
  const kind = stringField(value, 'kind');
  if (!apiVersion) return complain(['apiVersion'], 'not a Kubernetes object (expected an apiVersion, such as v1)');
  if (!kind) return complain(['kind'], 'not a Kubernetes object (expected a kind, such as Pod)');
  const items: unknown = ownField(value, 'items');
  if (apiVersion === 'v1' && kind === 'List' && (items ?? null) !== null && !Array.isArray(items))
    return complain(['items'], `a List whose items are ${nameOfType(items)} (expected a list of objects)`);
  if (kind.endsWith('List') && (Array.isArray(items) || (kind === 'List' && (items ?? null) === null))) {
    const list: readonly unknown[] = Array.isArray(items) ? items : [];
    return list.flatMap((item, index) => objectsIn(item, [...keys, 'items', index], origin, problems));
  }
  const object: InputObject = {
    file: origin.file,
    document: origin.number,
    line: origin.locate(keys).line,
    apiVersion,
    kind: kindOf(apiVersion, kind),
    value,
    keys,
    locate: (inside) => origin.locate([...keys, ...inside]),
  };
  return [object];
}

function nameOfType(value: unknown): string {
  return isJsonObject(value) ? 'an object' : `a ${typeof value}`;
}

function kindOf(apiVersion: string, kind: string): GroupVersionKind {
  const slash = apiVersion.indexOf('/');
  const group = slash === -1 ? '' : apiVersion.slice(0, slash);
  return { group, version: apiVersion.slice(slash + 1), kind };
}
