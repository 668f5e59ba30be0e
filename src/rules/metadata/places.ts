// Where labels and annotations stand: in the pod template, and on the object around it.
import type { PodView } from '../../kubernetes/containers.ts';
import { step } from '../../kubernetes/field-path.ts';
import { keysOfPath } from '../../kubernetes/path-keys.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { isJsonObject, type JsonObject, ownField } from '../../model/json.ts';
import { escapedNote, pluralize, quoteVisible } from '../../model/text.ts';
import type { CheckRequest } from '../check.ts';

/** In the order in which they are judged. */
export const METADATA_KINDS = ['labels', 'annotations'] as const;
export type MetadataKind = (typeof METADATA_KINDS)[number];

/** The labels or annotations of a pod template or of an object. */
export interface Entries {
  readonly now: JsonObject;
  /** What they replace; undefined where nothing is replaced. */
  readonly before: JsonObject | undefined;
  /** True for those of the object around the template. */
  readonly inObject: boolean;
}

const NONE: JsonObject = Object.freeze({});

/** The labels or annotations of the pod, or of the template. */
export function ofTemplate(pod: PodView, request: CheckRequest, kind: MetadataKind): Entries {
  const { old } = request;
  return { now: pod.metadata[kind] ?? NONE, before: old && (old.metadata?.[kind] ?? NONE), inObject: false };
}

/** Those of the object around the template; undefined for a Pod, which is its own template. */
export function ofObject({ kind: ofKind, object, oldObject }: CheckRequest, kind: MetadataKind): Entries | undefined {
  if (ofKind === 'Pod') return undefined;
  return { now: mapOf(object, kind), before: oldObject && mapOf(oldObject, kind), inObject: true };
}

function mapOf(object: JsonObject, kind: MetadataKind): JsonObject {
  const map = ownField(ownField(object, 'metadata'), kind);
  return isJsonObject(map) ? map : NONE;
}

/** @param says what is wrong, as {@link describeKeys} puts it after the names of the keys */
export function keyViolation(kind: MetadataKind, key: string, { now, inObject }: Entries, says: string): Violation {
  const path = `metadata.${kind}${step(key)}`;
  const value = Object.hasOwn(now, key) ? now[key] : undefined;
  return { path, value, kind: says, ...(inObject && { inObject: true }) };
}

/**
 * `labels "a", "b" are SAYS, annotation "c" of the object itself is SAYS`: keys of which the same is to be said, together.
 * @param verb before what is said of one key, and of several
 */
export function describeKeys(
  reason: string,
  violations: readonly Violation[],
  [is, are]: readonly [string, string],
): Sentence {
  const groups = new Map<string, { readonly of: Violation; readonly keys: string[] }>();
  for (const violation of violations) {
    const [, kind, key = ''] = keysOfPath(violation.path);
    const id = `${String(kind)} ${String(violation.inObject ?? false)} ${violation.kind ?? ''}`;
    const group = groups.get(id) ?? { of: violation, keys: [] };
    group.keys.push(String(key));
    groups.set(id, group);
  }
  const parts = [...groups.values()].map(({ of, keys }) => {
    const singular = of.path.startsWith('metadata.labels') ? 'label' : 'annotation';
    const where = of.inObject ? ' of the object itself' : '';
    const names = [...new Set(keys)].map(quoteVisible).join(', ');
    const noun = pluralize(singular, `${singular}s`, keys.length);
    return `${noun} ${names}${where} ${pluralize(is, are, keys.length)} ${of.kind ?? ''}`;
  });
  const keys = [...groups.values()].flatMap((group) => group.keys);
  return { reason, detail: parts.join(', ') + escapedNote(keys) };
}
