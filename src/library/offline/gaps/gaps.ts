// What a verdict does not cover although its reader may think so: a gap is a warning, and an error under --strict.

import { unjudgedPatches } from '../../../engine/unjudged-patches.ts';
import { pathOfTokens } from '../../../kubernetes/field-path.ts';
import { formatProblem } from '../../../manifests/source.ts';
import type { JsonObject } from '../../../model/json.ts';
import { API_VERSION } from '../../../model/names.ts';
import type { PolicySet } from '../../../policy/policy.ts';
import type { Result } from '../../../report/shapes/result.ts';
import { andWords } from '../../../resources/words.ts';
import { WORKLOADS } from '../../../workloads/index.ts';
import { findTemplates } from '../../../workloads/template.ts';
import type { Workload } from '../../../workloads/workload.ts';
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
  /** True where it is worth knowing and never an error: it is in the nature of the kind. */
  readonly isNote?: boolean;
}

/** Documents about containers, which run none. */
const DESCRIBING_GROUPS: ReadonlySet<string> = new Set([
  'apiextensions.k8s.io',
  'admission.k8s.io',
  API_VERSION.split('/', 1).join(''),
]);

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
  const kind = policies.workloads.find(object.kind.group, object.kind.kind);
  const misspelt = kind ? undefined : nonexistentKind(object, policies.workloads);
  if (misspelt !== undefined) gaps.push(at(['kind'], misspelt));
  const wasLookedAt = kind && (verdict !== 'skipped' || skipReason === 'no-policy');
  // The kinds that are always registered have no other places for containers.
  const mayHoldMore = wasLookedAt && !WORKLOADS.includes(kind);
  if (mayHoldMore || skipReason === 'kind-not-handled' || skipReason === 'no-template')
    gaps.push(...hiddenContainers(object, kind, at));
  if (wasLookedAt) {
    gaps.push(...misspeltFields(object, kind, at));
    for (const { tokens, message } of unjudgedPatches(kind, object.value)) gaps.push(at(tokens, message));
    if (judgedInPart(object.value, kind)) gaps.push(inPart(object));
  }
  if (wasLookedAt && assumed.has(namespace)) gaps.push(unknownLabels(namespace, policies));
  return gaps;
}

type Keys = readonly (string | number)[];
type At = (keys: Keys, message: string) => Gap;

/** The containers of an object that stand in none of its pod templates. */
function hiddenContainers(object: InputObject, workload: Workload | undefined, at: At): readonly Gap[] {
  const { group, kind } = object.kind;
  if (DESCRIBING_GROUPS.has(group)) return [];
  const judged = new Set(workload ? judgedPlaces(object.value, workload) : []);
  const [first, ...others] = containersInside(object.value).filter((keys) => !isInside(keys, judged));
  if (!first) return [];
  const path = pathOfTokens(first.map(String));
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const message = `${kind} of ${object.apiVersion} holds containers (${path}${more}) that were not judged: no pod template is known there`;
  return [at(first, message)];
}

/** Every place that was judged, as JSON of the keys that lead there. */
function judgedPlaces(object: JsonObject, workload: Workload): readonly string[] {
  return findTemplates(object, workload).flatMap(({ tokens, partial }) =>
    [...(partial ? partial.fields.values() : [tokens])].map(placeOf),
  );
}

function isInside(keys: Keys, places: ReadonlySet<string>): boolean {
  for (let length = 0; length <= keys.length; length++) if (places.has(placeOf(keys.slice(0, length)))) return true;
  return false;
}

function placeOf(keys: Keys): string {
  return JSON.stringify(keys.map(String));
}

function judgedInPart(object: JsonObject, workload: Workload): boolean {
  return findTemplates(object, workload).some(({ partial }) => partial?.form === 'Partial');
}

/** Said once for each kind. */
function inPart({ apiVersion, kind: { kind } }: InputObject): Gap {
  const message = `${kind} of ${apiVersion} holds parts of pods: they were judged by what is written there, and what a controller adds is judged in the pods`;
  return { message, line: message, isNote: true };
}

function misspeltFields(object: InputObject, { templates, inline }: Workload, at: At): readonly Gap[] {
  return findTemplates(object.value, { templates }).flatMap(({ tokens, value }) =>
    unknownFields(value, tokens.length === 0, inline === true).map(({ keys, hint }) => {
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
  const why = results.length === 0 ? 'there were no objects to judge' : 'every object was skipped';
  const message = `nothing was judged: ${why}`;
  return { message, line: message };
}
