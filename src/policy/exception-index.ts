// The exceptions of namespaces, found by policy and namespace: a review looks up those that it needs, and none where there are
// none. Immutable.
import { wholeCheck } from '../rules/check.ts';
import { type Exception, lastToEndFirst } from './exceptions.ts';

/** An IsolationException, ready for work. */
export interface NamespacedException {
  readonly namespace: string;
  readonly name: string;
  /** The name of the policy from which it excepts. */
  readonly policy: string;
  /** By id. */
  readonly checks: readonly string[];
  readonly exception: Exception;
}

/** Exceptions by the id of the check. */
export type ExceptionsByCheck = ReadonlyMap<string, readonly Exception[]>;

/** All exceptions of namespaces. */
export interface ExceptionIndex {
  readonly all: readonly NamespacedException[];
  /** Those of a namespace for findings of a policy, whether or not the policy allows any and they have ended. */
  of(policy: string, namespace: string): ExceptionsByCheck | undefined;
}

/** The exceptions from a check: of a part of one those of the part and those of the whole; undefined where there are none. */
export function exceptionsFor(exceptions: ExceptionsByCheck, check: string): readonly Exception[] | undefined {
  const own = exceptions.get(check);
  const whole = wholeCheck(check);
  const all = whole === check ? undefined : exceptions.get(whole);
  return own && all ? [...own, ...all].sort(lastToEndFirst) : (own ?? all);
}

export const NO_EXCEPTIONS: ExceptionIndex = { all: [], of: () => undefined };

/** Makes the index. */
export function indexExceptions(all: readonly NamespacedException[]): ExceptionIndex {
  if (all.length === 0) return NO_EXCEPTIONS;
  const byPolicy = new Map<string, Map<string, Map<string, Exception[]>>>();
  for (const { namespace, policy, checks, exception } of all) {
    const byNamespace = getOrAdd(byPolicy, policy, () => new Map<string, Map<string, Exception[]>>());
    const byCheck = getOrAdd(byNamespace, namespace, () => new Map<string, Exception[]>());
    for (const check of checks) getOrAdd(byCheck, check, () => []).push(exception);
  }
  for (const byNamespace of byPolicy.values()) {
    for (const byCheck of byNamespace.values()) for (const list of byCheck.values()) list.sort(lastToEndFirst);
  }
  return { all, of: (policy, namespace) => byPolicy.get(policy)?.get(namespace) };
}

/** The exceptions of both. */
export function uniteExceptions(first: ExceptionIndex, second: ExceptionIndex): ExceptionIndex {
  if (second.all.length === 0) return first;
  return first.all.length === 0 ? second : indexExceptions([...first.all, ...second.all]);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
