// Fields of a pod that capability classes give it. They are not in the view, and that they are missing there must not be held
// against the pod.
import type { PodView } from '../kubernetes/containers.ts';
import type { PodSpec } from '../kubernetes/pod.ts';
import { ownField } from '../model/json.ts';

/** What granted classes give the pod in this field; none in nearly every pod. */
export function grantedField(pod: PodView, field: keyof PodSpec): readonly unknown[] {
  if (pod.granted === undefined) return NONE;
  return pod.granted.map((fields) => ownField(fields, field)).filter((value) => value !== undefined);
}

const NONE: readonly unknown[] = Object.freeze([]);
