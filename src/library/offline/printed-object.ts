// Objects as a cluster has them, as `kubectl get -o yaml` prints them. The webhook meets these only in updates; in a file they
// are told from manifests by what only an API server or a kubelet writes.
import type { SkipCode } from '../../model/decision.ts';
import { ownField, stringField } from '../../model/json.ts';
import { MIRROR_ANNOTATION } from '../../model/names.ts';
import type { InputObject } from './objects.ts';

/**
 * Why nobody can act on a verdict about this object: a pod that a kubelet mirrors, where only the file on the node counts,
 * or an object that is being deleted. What anybody can write into a manifest is not enough: the owner of a mirror pod is its
 * node, and what is being deleted has been stored.
 */
export function unjudgedReason(object: InputObject): SkipCode | undefined {
  const metadata = ownField(object.value, 'metadata');
  if (stringField(metadata, 'deletionTimestamp') && isStored(metadata)) return 'being-deleted';
  const isMirror = stringField(ownField(metadata, 'annotations'), MIRROR_ANNOTATION) !== undefined;
  return isPod(object) && isMirror && isOwnedByNode(metadata) ? 'mirror-pod' : undefined;
}

/**
 * True for a pod that exists: one with a uid, or with a phase. Its security fields cannot be changed any more, so nothing is
 * filled in before it is judged.
 */
export function isExistingPod(object: InputObject): boolean {
  if (!isPod(object)) return false;
  const uid = stringField(ownField(object.value, 'metadata'), 'uid');
  return Boolean(uid) || Boolean(stringField(ownField(object.value, 'status'), 'phase'));
}

/** True for metadata with a uid, or with how long the deletion may take: the API server writes both. */
function isStored(metadata: unknown): boolean {
  return Boolean(stringField(metadata, 'uid')) || typeof ownField(metadata, 'deletionGracePeriodSeconds') === 'number';
}

function isPod({ kind: { group, kind } }: InputObject): boolean {
  return group === '' && kind === 'Pod';
}

function isOwnedByNode(metadata: unknown): boolean {
  const owners = ownField(metadata, 'ownerReferences');
  return Array.isArray(owners) && owners.some((owner) => stringField(owner, 'kind') === 'Node');
}
