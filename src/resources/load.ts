// Makes resources of our own kinds of source texts, or says everything that is wrong with them at once. Pure: files are
// read elsewhere.
import type { TextFile } from '../manifests/files.ts';
import { parseManifest } from '../manifests/manifest.ts';
import type { Place, Problem } from '../manifests/source.ts';
import type { PolicySet } from '../policy/policy.ts';
import { inNamespace } from './authored.ts';
import { type Entry, entriesOf, problemAt } from './entries.ts';
import { OWN_KINDS } from './index.ts';
import { type FileResources, keyOf, namesOf, type OwnKind, type Resource } from './kind.ts';
import { policySetOf } from './policy-set.ts';
import { takenProblem } from './taken.ts';
import { andWords } from './words.ts';

/** All policies, or all problems. Warnings come in either case. */
export type LoadResult =
  | {
      readonly ok: true;
      readonly policies: PolicySet;
      /** Every resource with the document that it was made of. */
      readonly documents: readonly LoadedDocument[];
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** A resource in force, and where each part of it is written. */
export interface LoadedDocument {
  readonly kind: OwnKind;
  readonly resource: Resource;
  /** The document or the item of a List, as somebody would apply it. */
  readonly value: unknown;
  /** The text of the whole file, or of this one object where a file is a stream of JSON objects. */
  readonly text: string;
  /** The place of the value at these keys, or of its nearest ancestor. */
  locate(keys: readonly (string | number)[]): Place;
}

/** How sources are loaded. */
export interface LoadOptions {
  /**
   * True where resources also come from elsewhere, such as a cluster: a class that a policy lists and that is not among the
   * sources is not a mistake then, and classes may come alone.
   */
  readonly classesElsewhere?: boolean;
  /** The namespace of resources that belong to one and do not name it; where it is left out, they must. */
  readonly namespace?: string | undefined;
}

/** What a kind has in the sources. */
interface Loaded {
  readonly kind: OwnKind;
  readonly entries: readonly Entry[];
  readonly accepted: readonly AcceptedEntry[];
}

interface AcceptedEntry {
  readonly entry: Entry;
  readonly resource: Resource;
}

/**
 * Loads the resources of all sources as one set. Problems and warnings come in the order of the sources and their lines.
 * @param sources files that have been read
 */
export function loadPolicies(sources: readonly TextFile[], options: LoadOptions = {}): LoadResult {
  const { entries, problems } = entriesIn(sources, options.namespace);
  const warnings: Problem[] = [];
  const documents: LoadedDocument[] = [];
  const loaded = OWN_KINDS.map((kind): Loaded => {
    const own = entries.filter((entry) => entry.kind === kind);
    const accepted: AcceptedEntry[] = [];
    for (const entry of own) {
      const { errors, warnings: doubts, resource } = kind.accept(entry.value, originOf(entry));
      problems.push(...errors.map((problem) => problemAt(entry, problem)));
      warnings.push(...doubts.map((problem) => problemAt(entry, problem)));
      if (!resource) continue;
      accepted.push({ entry, resource });
      documents.push(documentOf(entry, resource));
    }
    return { kind, entries: own, accepted };
  });
  const policies = policySetOf(
    new Map(loaded.map(({ kind, accepted }) => [kind.kind, accepted.map(({ resource }) => resource)])),
  );
  const files = fileResources(loaded, policies, options);
  problems.push(...unresolvedReferences(loaded, files), ...loaded.flatMap(duplicateNames));
  warnings.push(...loaded.flatMap(({ kind, accepted }) => doubtsIn(kind, accepted, files)));
  if (problems.length === 0) problems.push(...missingKinds(sources, loaded, options));
  const order = new Map(sources.map((source, index) => [source.file, index]));
  warnings.sort((a, b) => inOrder(order, a, b));
  if (problems.length > 0) return { ok: false, problems: problems.sort((a, b) => inOrder(order, a, b)), warnings };
  return { ok: true, policies, documents, warnings };
}

function entriesIn(
  sources: readonly TextFile[],
  namespace: string | undefined,
): {
  readonly entries: readonly Entry[];
  readonly problems: Problem[];
} {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of sources) {
    const parsed = parseManifest(text, file);
    problems.push(...parsed.problems);
    for (const document of parsed.documents) {
      const found = entriesOf(document);
      problems.push(...found.problems);
      entries.push(...found.entries.map((entry) => within(entry, namespace)));
    }
  }
  return { entries, problems };
}

function within(entry: Entry, namespace: string | undefined): Entry {
  if (namespace === undefined || entry.kind.scope !== 'Namespaced') return entry;
  return { ...entry, value: inNamespace(entry.value, namespace) };
}

function documentOf({ kind, value, document, keys }: Entry, resource: Resource): LoadedDocument {
  return { kind, value, resource, text: document.text, locate: (inside) => document.locate([...keys, ...inside]) };
}

/** Where an entry begins, as `FILE:LINE`. */
function originOf({ document, keys }: Entry): string {
  const place = document.locate(keys);
  return `${place.file}:${place.line}`;
}

function fileResources(
  loaded: readonly Loaded[],
  policies: PolicySet,
  { classesElsewhere = false }: LoadOptions,
): FileResources {
  return {
    policies,
    names(name) {
      if (classesElsewhere) return undefined;
      const entries = loaded.find(({ kind }) => kind.kind === name)?.entries ?? [];
      return entries.map((entry) => namesOf(entry.value).name).filter((known) => known !== '');
    },
  };
}

function doubtsIn(kind: OwnKind, accepted: readonly AcceptedEntry[], files: FileResources): readonly Problem[] {
  return accepted.flatMap(({ entry, resource }) => {
    const doubts = kind.references.flatMap((one) => one.doubtsInFile?.(resource.value, files) ?? []);
    return doubts.map((problem) => problemAt(entry, problem));
  });
}

function unresolvedReferences(loaded: readonly Loaded[], files: FileResources): readonly Problem[] {
  return loaded.flatMap(({ kind, entries }) =>
    entries.flatMap((entry) => {
      const unresolved = kind.references.flatMap((one) => one.inFile(entry.value, files));
      return unresolved.map((problem) => problemAt(entry, problem));
    }),
  );
}

/** Two of one kind with one name; two of different kinds may share one. */
function duplicateNames({ kind, entries }: Loaded): readonly Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const entry of entries) {
    const names = namesOf(entry.value);
    if (names.name === '') continue;
    const place = entry.document.locate([...entry.keys, 'metadata', 'name']);
    const known = first.get(keyOf(names));
    if (known === undefined) {
      first.set(keyOf(names), `${place.file}:${place.line}`);
      continue;
    }
    problems.push(problemAt(entry, takenProblem(names.name, `the ${kind.noun} at ${known}`)));
  }
  return problems;
}

/** Classes alone isolate nothing. */
function missingKinds(
  sources: readonly TextFile[],
  loaded: readonly Loaded[],
  { classesElsewhere = false }: LoadOptions,
): readonly Problem[] {
  const found = loaded.filter(({ entries }) => entries.length > 0).map(({ kind }) => kind);
  if (classesElsewhere && found.length > 0) return [];
  const only = found.length === 0 ? '' : `, only ${andWords(found.map((kind) => kind.title))}`;
  return OWN_KINDS.filter((kind) => kind.isRequired && !found.includes(kind)).map((kind) => ({
    file: sources[0]?.file ?? '(no files)',
    line: 1,
    column: 1,
    message: `no ${kind.noun} found${only} (expected at least one ${kind.kind})`,
  }));
}

function inOrder(order: ReadonlyMap<string, number>, a: Problem, b: Problem): number {
  return (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column;
}
