// What makes no sense in an exception although the schema accepts it.
import { isJsonObject, ownField } from '../../model/json.ts';
import { contradictedLabel } from '../../policy/contradiction.ts';
import { WITHOUT_EXCEPTIONS } from '../../policy/exceptable.ts';
import { EXCEPTION_FIELDS, entryProblems } from '../../policy/exception-entry.ts';
import { requirementsOf } from '../../policy/selector.ts';
import { isExceptionEntry, isLabelSelector } from '../isolation-policy/validate.ts';
import { at, eachAt, isThere, keyProblem, type Located, valueProblem } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';

/** In characters of JSON. The limits of the lists alone would let an object grow to half a megabyte. */
const LARGEST = 65_536;

/** Looks at a document of which the schema may have complained. */
export function exceptionProblems(document: unknown): readonly DocumentProblem[] {
  const spec = at({ keys: [], value: document }, 'spec');
  if (!isJsonObject(spec.value)) return [];
  const selector = at(spec, 'selector');
  return [...impossibleChecks(document), ...selectorProblems(selector), ...entryFaults(spec, selector)];
}

/** Checks from which nobody can except anything, and why. */
export function impossibleChecks(document: unknown): readonly DocumentProblem[] {
  return eachAt({ keys: [], value: document }, 'spec', 'checks').flatMap((check) => {
    const why = typeof check.value === 'string' ? WITHOUT_EXCEPTIONS.get(check.value) : undefined;
    return why === undefined ? [] : [valueProblem(check, `not for ${String(check.value)}: ${why}`)];
  });
}

function selectorProblems(selector: Located): readonly DocumentProblem[] {
  const { value } = selector;
  if (!isThere(selector) || !isLabelSelector(value)) return [];
  if (requirementsOf(value).length === 0)
    return [valueProblem(selector, 'selects every pod (expected matchLabels or matchExpressions, or no selector)')];
  const label = contradictedLabel(value);
  if (label === undefined) return [];
  return [keyProblem(selector, `can match nothing: its requirements on ${label} contradict each other`)];
}

function entryFaults(spec: Located, selector: Located): readonly DocumentProblem[] {
  const fields = Object.keys(EXCEPTION_FIELDS).map((key) => [key, ownField(spec.value, key)] as const);
  const entry: unknown = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  if (!isExceptionEntry(entry)) return [];
  const size = JSON.stringify(entry).length;
  const large =
    size > LARGEST ? [valueProblem(spec, `too large (expected at most ${LARGEST} characters of JSON)`)] : [];
  const problems = entryProblems(entry, 'selector').filter(({ keys }) => keys.length > 0 || !isThere(selector));
  return [...large, ...problems.map(({ keys, message }) => valueProblem(at(spec, ...keys), message))];
}

/** Of an accepted document: who can create pods can give them any labels, and their containers any names. */
export function doubtsAbout(document: unknown): readonly DocumentProblem[] {
  const spec = at({ keys: [], value: document }, 'spec');
  if (isThere(at(spec, 'images'))) return [];
  const [containers, selector] = [at(spec, 'containers'), at(spec, 'selector')];
  if (isThere(containers))
    return [valueProblem(containers, 'every author of a pod can give a container this name: add images')];
  return isThere(selector)
    ? [valueProblem(selector, 'every author of a pod can give it these labels: add images')]
    : [];
}
