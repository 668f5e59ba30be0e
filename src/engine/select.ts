// Which policies match an object.

import type { StringMap } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';
import { NAMESPACE_NAME_LABEL } from '../model/names.ts';
import type { Subject } from '../model/subject.ts';
import type { MatchInput, Policy } from '../policy/policy.ts';
import { inOrder } from '../policy/select.ts';
import { pod } from '../workloads/pod.ts';
import { qualifiedKind, type Workload } from '../workloads/workload.ts';
import type { Gate } from './gate.ts';

const NO_LABELS: StringMap = Object.freeze({});

/** The labels of the subject's namespace, as far as they are known, and the subject. */
export interface KnownLabels {
  readonly subject: Subject;
  readonly labels: StringMap;
  /** False where a policy may depend on labels that could not be looked up. */
  readonly complete: boolean;
}

/**
 * The labels of a namespace, as far as they are known: at least its name, which the API server sets as a label on every
 * namespace. An empty name, as of objects outside of namespaces, has no labels.
 */
export function knownLabels(subject: Subject, gate: Gate): KnownLabels {
  const { namespace } = subject;
  if (namespace === '') return { subject, labels: NO_LABELS, complete: true };
  const labels = gate.surroundings.namespaceLabels(namespace);
  if (labels) return { subject, labels, complete: true };
  return { subject, labels: { [NAMESPACE_NAME_LABEL]: namespace }, complete: !gate.policies.needsNamespaceLabels };
}

/**
 * The policies that match a template, in order of priority. Where the labels of the namespace are not known, policies that
 * depend on them are left out: a `NotIn` would match a label that is merely not known.
 * @param old the template that an update replaces
 */
export function policiesFor(
  workload: Workload,
  template: unknown,
  namespace: KnownLabels,
  gate: Gate,
  old?: unknown,
): readonly Policy[] {
  const input = matchInput(workload, template, namespace, old);
  const asText = labelsAsText(template);
  const asSent = asText
    ? union(gate.policies.select(input), gate.policies.select({ ...input, labels: asText }))
    : gate.policies.select(input);
  const policies = withThoseOfAddedLabels(asSent, input, gate);
  return namespace.complete ? policies : policies.filter((policy) => !policy.needsNamespaceLabels);
}

/**
 * The policies, and those that select pods by a label which one of them adds: the pod has it when it is judged, and must have
 * been filled in by all that judge it.
 */
function withThoseOfAddedLabels(selected: readonly Policy[], input: MatchInput, gate: Gate): readonly Policy[] {
  let policies = selected;
  let { labels } = input;
  for (;;) {
    const added = labelsAdded(policies, labels);
    if (added === undefined) return policies;
    labels = added;
    policies = union(policies, gate.policies.select({ ...input, labels }));
  }
}

/** The labels with those that the policies add, as filling in does it; undefined where none is missing. */
function labelsAdded(policies: readonly Policy[], labels: JsonObject): JsonObject | undefined {
  let all: Record<string, unknown> | undefined;
  for (const { addedLabels } of policies) {
    if (addedLabels === undefined) continue;
    for (const key of Object.keys(addedLabels)) {
      if (Object.hasOwn(all ?? labels, key)) continue;
      all ??= { ...labels };
      all[key] = addedLabels[key];
    }
  }
  return all;
}

/** The policies that match the pods made from a template, in order of priority. */
export function policiesForPods(
  template: unknown,
  namespace: KnownLabels,
  gate: Gate,
  old?: unknown,
): readonly Policy[] {
  return policiesFor(pod, template, namespace, gate, old);
}

/** The policies of all these lists, each once, in order of priority. */
export function union(...lists: readonly (readonly Policy[])[]): readonly Policy[] {
  const [first = [], ...rest] = lists.filter((list) => list.length > 0);
  if (rest.every((list) => list === first)) return first;
  const all = new Set([first, ...rest].flat());
  return all.size === first.length ? first : [...all].sort(inOrder);
}

/** The policies that may match once the labels of the namespace are known. Goes through all of them, which is rarely needed. */
export function undecidedPolicies(workload: Workload, template: unknown, gate: Gate): readonly Policy[] {
  const labels = labelsOf(template);
  const input = { kind: qualifiedKind(workload), namespaceLabels: undefined, labels };
  return gate.policies.policies.filter(
    (policy) =>
      policy.needsNamespaceLabels &&
      policy.mismatch(input) === undefined &&
      gate.enforcement(workload, policy) !== 'Ignore',
  );
}

/** What selectors and conditions look at: the kind, the labels of the namespace, the template and the request. */
export function matchInput(
  workload: Workload,
  template: unknown,
  { labels, subject }: KnownLabels,
  old?: unknown,
): MatchInput {
  const asked = { template, old, request: subject };
  return { kind: qualifiedKind(workload), namespaceLabels: labels, labels: labelsOf(template), asked };
}

/**
 * All labels as strings where some label is not one (`tier: 1`); else undefined. The object is refused for its shape, but
 * only by a policy that matches it, and leaving out the quotes must not make a policy's selector miss it. A proxy instead of
 * a copy, since there can be as many labels as fit into a request.
 */
function labelsAsText(template: unknown): JsonObject | undefined {
  const labels = labelsOf(template);
  for (const key of Object.keys(labels)) {
    if (typeof labels[key] === 'string') continue;
    return new Proxy(labels, { get: (target, name) => (typeof name === 'string' ? textOf(target[name]) : undefined) });
  }
  return undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function labelsOf(template: unknown): JsonObject {
  const labels = ownField(ownField(template, 'metadata'), 'labels');
  return isJsonObject(labels) ? labels : NO_LABELS;
}
