// Which policies an object has to answer to.
import type { JsonObject } from '../model/json.ts';
import { isJsonObject, ownField } from '../model/json.ts';
import { NAMESPACE_NAME_LABEL } from '../model/names.ts';
import type { StringMap } from '../model/pod.ts';
import type { Policy } from '../policy/policy.ts';
import { qualifiedKind, type Workload } from '../workloads/workload.ts';
import type { Gate } from './gate.ts';

const NO_LABELS: StringMap = Object.freeze({});

/** The labels of the subject's namespace: what is known of them, and whether that is all. */
export interface KnownLabels {
  readonly labels: StringMap;
  /** False where a policy may depend on labels that nobody could tell us. */
  readonly complete: boolean;
}

/** What is known of a namespace's labels. Every namespace carries its own name as a label. */
export function knownLabels(namespace: string, gate: Gate): KnownLabels {
  if (namespace === '') return { labels: NO_LABELS, complete: true };
  const labels = gate.surroundings.namespaceLabels(namespace);
  if (labels) return { labels, complete: true };
  return { labels: { [NAMESPACE_NAME_LABEL]: namespace }, complete: !gate.policies.needsNamespaceLabels };
}

/**
 * The policies that match a template, in order of priority; without those that depend on namespace labels where these
 * are not all known: `NotIn` would match what nobody has seen.
 */
export function policiesFor(
  workload: Workload,
  template: unknown,
  namespace: KnownLabels,
  gate: Gate,
): readonly Policy[] {
  const labels = ownField(ownField(template, 'metadata'), 'labels');
  const policies = gate.policies.select({
    kind: qualifiedKind(workload),
    namespaceLabels: namespace.labels,
    labels: isJsonObject(labels) ? stringsOf(labels) : NO_LABELS,
  });
  return namespace.complete ? policies : policies.filter((policy) => !policy.needsNamespaceLabels);
}

/** The map itself where all its values are strings, as they are in any object an API server accepted. */
function stringsOf(map: JsonObject): StringMap {
  if (isStringMap(map)) return map;
  return Object.fromEntries(
    Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isStringMap(map: JsonObject): map is StringMap {
  for (const key of Object.keys(map)) if (typeof map[key] !== 'string') return false;
  return true;
}
