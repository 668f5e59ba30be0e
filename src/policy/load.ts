// Makes policies of source texts, or says everything that is wrong with them at once. Pure: files are read elsewhere.
import { ownField, stringField } from '../model/json.ts';
import type { IsolationPolicy } from '../model/policy.ts';
import { type Problem, parseSource } from '../model/source.ts';
import { compilePolicy } from './compile.ts';
import { doubtsAbout } from './doubts.ts';
import { type Entry, entriesOf, problemAt } from './entries.ts';
import type { PolicySet } from './policy.ts';
import { ruleFaults } from './rules.ts';
import { createPolicySet, type Selectable } from './select.ts';
import { isIsolationPolicy, schemaFaults } from './validate.ts';

/** A file that has been read. */
export interface PolicySource {
  /** As messages name it. */
  readonly file: string;
  readonly text: string;
}

/** All policies, or all problems. Warnings come in either case. */
export type LoadResult =
  | { readonly ok: true; readonly policies: PolicySet; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** Loads the policies of all sources as one set. Problems come in the order of the sources and their lines. */
export function loadPolicies(sources: readonly PolicySource[]): LoadResult {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const entries: Entry[] = [];
  for (const { file, text } of sources) {
    const parsed = parseSource(text, file);
    problems.push(...parsed.problems);
    for (const document of parsed.documents) {
      const found = entriesOf(document);
      problems.push(...found.problems);
      entries.push(...found.entries);
    }
  }
  const selectables: Selectable[] = [];
  for (const entry of entries) {
    const rules = ruleFaults(entry.value);
    for (const fault of [...schemaFaults(entry.value), ...rules.errors]) problems.push(problemAt(entry, fault));
    for (const fault of rules.warnings) warnings.push(problemAt(entry, fault));
    if (rules.errors.length > 0) continue;
    if (isIsolationPolicy(entry.value)) selectables.push(compileEntry(entry, entry.value, warnings));
  }
  problems.push(...duplicateNames(entries));
  if (entries.length === 0 && problems.length === 0) problems.push(noPolicy(sources));
  const order = new Map(sources.map((source, index) => [source.file, index]));
  warnings.sort((a, b) => inOrder(order, a, b));
  if (problems.length > 0) return { ok: false, problems: problems.sort((a, b) => inOrder(order, a, b)), warnings };
  return { ok: true, policies: createPolicySet(selectables), warnings };
}

function compileEntry(entry: Entry, document: IsolationPolicy, warnings: Problem[]): Selectable {
  const selectable = compilePolicy(document, originOf(entry));
  for (const fault of doubtsAbout(document, selectable.policy)) warnings.push(problemAt(entry, fault));
  return selectable;
}

/** Where an entry begins, as `FILE:LINE`. */
function originOf({ document, keys }: Entry): string {
  const place = document.locate(keys);
  return `${place.file}:${place.line}`;
}

function duplicateNames(entries: readonly Entry[]): readonly Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const entry of entries) {
    const name = stringField(ownField(entry.value, 'metadata'), 'name');
    if (name === undefined) continue;
    const place = entry.document.locate([...entry.keys, 'metadata', 'name']);
    const known = first.get(name);
    if (known === undefined) {
      first.set(name, `${place.file}:${place.line}`);
      continue;
    }
    const message = `${JSON.stringify(name)} is taken by the policy at ${known} (expected a name of its own)`;
    problems.push(problemAt(entry, { keys: ['metadata', 'name'], what: 'value', message }));
  }
  return problems;
}

function noPolicy(sources: readonly PolicySource[]): Problem {
  const message = 'no policy found (expected at least one IsolationPolicy)';
  return { file: sources[0]?.file ?? '(no files)', line: 1, column: 1, message };
}

function inOrder(order: ReadonlyMap<string, number>, a: Problem, b: Problem): number {
  return (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column;
}
