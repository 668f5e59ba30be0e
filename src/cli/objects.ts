// The Kubernetes objects in files: one for each document, or for each item of a List.
import type { Document } from 'yaml';
import type { Place, Problem } from '../manifests/source.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import type { GroupVersionKind } from '../model/subject.ts';
import { type ReadFile, readDocuments } from './documents.ts';
import type { TextFile } from './files.ts';

/** An object of the input. */
export interface InputObject {
  readonly file: string;
  /** Counts from 1. */
  readonly document: number;
  readonly line: number;
  readonly apiVersion: string;
  readonly kind: GroupVersionKind;
  readonly value: JsonObject;
  /** What leads to it inside its document: nothing, or `items` and an index. */
  readonly keys: readonly (string | number)[];
  /** The place of a field of the object, or of the nearest thing around it. */
  locate(keys: readonly (string | number)[]): Place;
}

export interface InputDocument {
  readonly number: number;
  readonly tree: Document | undefined;
  readonly value: JsonObject;
  readonly objects: readonly InputObject[];
}

export interface InputFile extends TextFile {
  readonly documents: readonly InputDocument[];
  /** True for one of several JSON objects in a file, each of which is an input file of its own here. */
  readonly isPiece: boolean;
}

export interface ParsedFiles {
  readonly files: readonly InputFile[];
  /** Syntax errors, and documents that are no Kubernetes objects. */
  readonly problems: readonly Problem[];
}

export function parseFiles(files: readonly TextFile[]): ParsedFiles {
  const problems: Problem[] = [];
  // File by file: problems come in the order of the input.
  const parsed = files.flatMap((file) => readDocuments(file, problems).map((read) => withObjects(read, problems)));
  return { files: parsed, problems };
}

function withObjects(file: ReadFile, problems: Problem[]): InputFile {
  const documents = file.documents.map((document): InputDocument => {
    const { number, tree, value } = document;
    const locate: Origin['locate'] = (keys) => document.locate(keys);
    const objects = objectsIn(value, [], { file: file.file, number, locate }, problems);
    return { number, tree, value: isJsonObject(value) ? value : {}, objects };
  });
  return { ...file, documents };
}

/** Where a value stands: in which document, and where in it. */
export interface Origin {
  readonly file: string;
  readonly number: number;
  locate(keys: readonly (string | number)[]): Place;
}

/** The objects that a value is: one, or the items of a List. Problems are added to `problems`. */
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

function kindOf(apiVersion: string, kind: string): GroupVersionKind {
  const slash = apiVersion.indexOf('/');
  const group = slash === -1 ? '' : apiVersion.slice(0, slash);
  return { group, version: apiVersion.slice(slash + 1), kind };
}
