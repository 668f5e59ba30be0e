// Makes policies and capability classes from source texts, or reports everything that is wrong with them at once. Pure:
// files are read elsewhere.
import type { CapabilityClass } from '../grants/class.ts';
import type { TextFile } from '../manifests/files.ts';
import { parseManifest } from '../manifests/manifest.ts';
import type { Problem } from '../manifests/source.ts';
import { ownField, stringField } from '../model/json.ts';
import type { PolicySet } from '../policy/policy.ts';
import { createPolicySet, type Selectable } from '../policy/select.ts';
import { acceptClass } from './capability-class/accept.ts';
import { capabilityFaults } from './capability-class/references.ts';
import { type Entry, entriesOf, problemAt } from './entries.ts';
import type { Fault } from './faults.ts';
import { acceptPolicy } from './isolation-policy/accept.ts';
import { takenFault } from './taken.ts';

/** All policies, or all problems. Warnings come in either case. */
export type LoadResult =
  | { readonly ok: true; readonly policies: PolicySet; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** How sources are loaded. */
export interface LoadOptions {
  /**
   * True where classes, and the policies that list them, may also come from elsewhere, such as a cluster. A class that is not
   * among the sources is not a mistake then, and neither are classes without a policy.
   */
  readonly classesElsewhere?: boolean;
}

/** Loads the policies and classes of all sources as one set. Problems come in the order of the sources and their lines. */
export function loadPolicies(sources: readonly TextFile[], options: LoadOptions = {}): LoadResult {
  const { entries, problems } = entriesIn(sources);
  const warnings: Problem[] = [];
  const note = (entry: Entry, errors: readonly Fault[], cautions: readonly Fault[]): void => {
    problems.push(...errors.map((fault) => problemAt(entry, fault)));
    warnings.push(...cautions.map((fault) => problemAt(entry, fault)));
  };
  const classEntries = entries.filter((entry) => entry.kind === 'CapabilityClass');
  const classes = new Map<string, CapabilityClass>();
  for (const entry of classEntries) {
    const accepted = acceptClass(entry.value, originOf(entry));
    note(entry, accepted.errors, accepted.warnings);
    const { capabilityClass } = accepted;
    if (capabilityClass) classes.set(capabilityClass.name, capabilityClass);
  }
  const names = options.classesElsewhere ? undefined : classEntries.flatMap((entry) => nameOf(entry) ?? []);
  const policyEntries = entries.filter((entry) => entry.kind === 'IsolationPolicy');
  const selectables: Selectable[] = [];
  for (const entry of policyEntries) {
    const accepted = acceptPolicy(entry.value, originOf(entry));
    note(entry, [...accepted.errors, ...capabilityFaults(entry.value, classes, names)], accepted.warnings);
    if (accepted.selectable) selectables.push(accepted.selectable);
  }
  problems.push(...duplicateNames(policyEntries, 'policy'), ...duplicateNames(classEntries, 'class'));
  const mayComeAlone = options.classesElsewhere === true && classEntries.length > 0;
  if (policyEntries.length === 0 && problems.length === 0 && !mayComeAlone) {
    problems.push(noPolicy(sources, classEntries));
  }
  const order = new Map(sources.map((source, index) => [source.file, index]));
  warnings.sort((a, b) => inOrder(order, a, b));
  if (problems.length > 0) return { ok: false, problems: problems.sort((a, b) => inOrder(order, a, b)), warnings };
  return { ok: true, policies: createPolicySet(selectables, classes), warnings };
}

function entriesIn(sources: readonly TextFile[]): {
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
      entries.push(...found.entries);
    }
  }
  return { entries, problems };
}

/** Where an entry begins, as `FILE:LINE`. */
function originOf({ document, keys }: Entry): string {
  const place = document.locate(keys);
  return `${place.file}:${place.line}`;
}

function nameOf(entry: Entry): string | undefined {
  return stringField(ownField(entry.value, 'metadata'), 'name');
}

/** @param what they are, in messages: a policy and a class may share a name */
function duplicateNames(entries: readonly Entry[], what: 'policy' | 'class'): readonly Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name === undefined) continue;
    const place = entry.document.locate([...entry.keys, 'metadata', 'name']);
    const known = first.get(name);
    if (known === undefined) {
      first.set(name, `${place.file}:${place.line}`);
      continue;
    }
    problems.push(problemAt(entry, takenFault(name, `the ${what} at ${known}`)));
  }
  return problems;
}

/** Classes alone isolate nothing. */
function noPolicy(sources: readonly TextFile[], classes: readonly Entry[]): Problem {
  const found = classes.length === 0 ? 'no policy found' : 'no policy found, only capability classes';
  const message = `${found} (expected at least one IsolationPolicy)`;
  return { file: sources[0]?.file ?? '(no files)', line: 1, column: 1, message };
}

function inOrder(order: ReadonlyMap<string, number>, a: Problem, b: Problem): number {
  return (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column;
}
