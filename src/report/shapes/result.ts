// The result for one object of the input, which every format of `check` prints.
import type { PatchOperation } from '../../engine/diff.ts';
import type { Place } from '../../manifests/source.ts';
import type { SkipCode } from '../../model/decision.ts';
import type { Finding } from '../../model/finding.ts';

/** `skipped` for objects that no policy judges. */
export type Verdict = 'allowed' | 'denied' | 'skipped';

/** Where an object was read. */
export interface SourceRef {
  /** As the user named it; `-` for standard input. */
  readonly file: string;
  /** Counts from 1. */
  readonly document: number;
  readonly line: number;
}

/** The kind and the name of an object. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  /** `generateName*` where the API server generates the name. */
  readonly name: string;
}

/** The verdict on an object, and everything that led to it. */
export interface Result {
  readonly source: SourceRef;
  readonly object: ObjectRef;
  readonly verdict: Verdict;
  /** Only where denied: `pod` for an object that a cluster would store while refusing its pods. */
  readonly deniedAt?: 'object' | 'pod';
  /** Only where skipped. */
  readonly skipReason?: SkipCode;
  /** The names of the policies that judged it, in order of priority. */
  readonly policies?: readonly string[];
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
  /** What the verdict does not cover. Said on stderr as well, so that text for people leaves it out. */
  readonly unchecked?: readonly string[];
  /** Of a pod in an audit, or of a request: the controller that it belongs to. */
  readonly owner?: ObjectRef;
  /** In an audit: the running pods that it stands for. Those of a controller of which something else is to be said have results of their own. */
  readonly pods?: PodCounts;
  /** In a replay: the requests that it stands for. */
  readonly requests?: RequestCounts;
  /** From the object as written to the object as filled in. */
  readonly patch: readonly PatchOperation[];
  /** The place of a field in the file, or of the nearest field around it that exists. Takes a path as findings have it. */
  placeOf(path: string): Place;
}

/** Running pods that one result stands for. */
export interface PodCounts {
  readonly running: number;
  /** How many of them would be refused today. */
  readonly denied: number;
  /** By {@link checkKey}, how many violate a check; where it is absent, what is said is said of all of them. */
  readonly byCheck?: ReadonlyMap<string, number>;
}

/** Requests that one result stands for: those of one operation that came out alike. */
export interface RequestCounts {
  /** CREATE or UPDATE. */
  readonly operation: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly count: number;
  /** How many of them the API server refused when they came. */
  readonly refused: number;
  readonly dryRun: number;
  /** When the first and the last came, as the API server wrote it. */
  readonly first: string;
  readonly last: string;
  /** Who sent them: the first few by name. */
  readonly users: readonly string[];
}

/** What tells apart the checks of several policies, and what these do about a violation. */
export function checkKey({ policy, check, action }: Pick<Finding, 'policy' | 'check' | 'action'>): string {
  return JSON.stringify([policy, check, action]);
}

/** `Pod agents/web`: what an object is called wherever people read of it. */
export function titleOf({ kind, namespace, name }: ObjectRef): string {
  const shown = name === '' ? '(without a name)' : name;
  return `${kind} ${namespace === '' ? shown : `${namespace}/${shown}`}`;
}

/** What tells an object from others, whatever the version in which it is read. */
export function refKey({ apiVersion, kind, namespace, name }: ObjectRef): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return JSON.stringify([group, kind, namespace, name]);
}

/** True where something was denied or warned about. */
export function isNotable({ findings, warnings, unchecked = [], verdict }: Result): boolean {
  if (verdict === 'denied' || warnings.length + unchecked.length > 0) return true;
  return findings.some((finding) => finding.action !== 'Audit');
}

/** How many objects have which verdict. */
export type Summary = Readonly<Record<Verdict, number>>;

/** Counts the verdicts. */
export function summarize(results: readonly Pick<Result, 'verdict'>[]): Summary {
  const summary = { allowed: 0, denied: 0, skipped: 0 };
  for (const { verdict } of results) summary[verdict]++;
  return summary;
}
