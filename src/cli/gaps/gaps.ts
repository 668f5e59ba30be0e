// What a verdict does not cover although its reader may think so: a gap is a warning, and an error under --strict.
import { pathOfTokens } from '../../kubernetes/field-path.ts';
import { formatProblem } from '../../manifests/source.ts';
import { API_VERSION } from '../../model/names.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { Result } from '../../report/shapes/result.ts';
import { andWords } from '../../resources/words.ts';
import { findWorkload } from '../../workloads/index.ts';
import { findTemplates } from '../../workloads/template.ts';
import { nonexistentKind } from '../nonexistent-kind.ts';
import type { InputObject } from '../objects.ts';
import { containersInside } from './containers-inside.ts';
import { unknownFields } from './unknown-fields.ts';

/** Something that was not judged. */
export interface Gap {
  /** For the warnings of the result. */
  readonly message: string;
  /** For stderr, with the place. The same line of several objects is said once. */
  readonly line: string;
  /** True where stderr has a note about it already. */
  readonly isNoted?: boolean;
}

/** Documents about containers, which run none. */
const DESCRIBING_GROUPS: ReadonlySet<string> = new Set(['apiextensions.k8s.io', API_VERSION.split('/', 1).join('')]);

/** What the verdict on an object does not cover. */
export function gapsOf(
  object: InputObject,
  { verdict, skipReason, object: { namespace } }: Result,
  policies: PolicySet,
  assumed: ReadonlySet<string>,
): readonly Gap[] {
  const at = (keys: readonly (string | number)[], message: string): Gap => ({
    message,
    line: formatProblem({ ...object.locate(keys), message }),
  });
  const gaps: Gap[] = [];
  const kind = findWorkload(object.kind.group, object.kind.kind);
  const misspelt = kind ? undefined : nonexistentKind(object);
  if (misspelt !== undefined) gaps.push(at(['kind'], misspelt));
  if (skipReason === 'kind-not-handled' || skipReason === 'no-template') gaps.push(...hiddenContainers(object, at));
  const wasLookedAt = kind && (verdict !== 'skipped' || skipReason === 'no-policy');
  if (wasLookedAt) gaps.push(...misspeltFields(object, kind.templates, at));
  if (wasLookedAt && assumed.has(namespace)) gaps.push(unknownLabels(namespace, policies));
  return gaps;
}

type At = (keys: readonly (string | number)[], message: string) => Gap;

function hiddenContainers(object: InputObject, at: At): readonly Gap[] {
  const { group, kind } = object.kind;
  if (DESCRIBING_GROUPS.has(group)) return [];
  const [first, ...others] = containersInside(object.value);
  if (!first) return [];
  const path = pathOfTokens(first.map(String));
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const message = `${kind} of ${object.apiVersion} holds containers (${path}${more}) that were not judged: no pod template is known there`;
  return [at(first, message)];
}

function misspeltFields(object: InputObject, pointers: readonly string[], at: At): readonly Gap[] {
  return findTemplates(object.value, pointers).flatMap(({ tokens, value }) =>
    unknownFields(value, tokens.length === 0).map(({ keys, hint }) => {
      const all = [...tokens, ...keys];
      return at(all, `${pathOfTokens(all.map(String))}: pods have no such field, so it was not judged${hint}`);
    }),
  );
}

function unknownLabels(namespace: string, policies: PolicySet): Gap {
  const names = policies.policies
    .filter((policy) => policy.needsNamespaceLabels)
    .map(({ name }) => JSON.stringify(name));
  const which = names.length === 1 ? `policy ${names[0]} depends` : `policies ${andWords(names)} depend`;
  const message = `the labels of namespace ${JSON.stringify(namespace)} are not known and were assumed to be none, and ${which} on them`;
  return { message, line: message, isNoted: true };
}

/** The gap where no object at all was judged; undefined where one was. */
export function nothingJudged(results: readonly Result[]): Gap | undefined {
  if (results.some(({ verdict }) => verdict !== 'skipped')) return undefined;
  const message = 'nothing was judged: every object was skipped';
  return { message, line: message };
}
