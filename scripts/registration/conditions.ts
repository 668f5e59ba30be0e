// When the API server need not call us at all, in CEL.
//
// Each condition is true where we are to be called. An error in one refuses the request under failurePolicy Fail, and
// skips us under Ignore, so every one asks `has` before it reads a field that may be absent. What is skipped here is
// what the engine would let through without a trace; in cases of doubt we are called.
import type { MatchCondition } from './configuration.ts';

/**
 * Finalizers of a dying object must go through even while we are down: a namespace could not be deleted otherwise. The
 * mark is read from the stored object, as the engine does: a user can write one into the new object. Containers added
 * through a subresource are still looked at.
 */
const NOT_BEING_DELETED: MatchCondition = {
  name: 'not-being-deleted',
  expression: `request.operation != 'UPDATE' ||
(has(request.subResource) && request.subResource != '') ||
!has(oldObject.metadata.deletionTimestamp)`,
};

/**
 * What says nothing of how a pod runs: what the API server writes with every update, and what controllers keep their books
 * with. The Job controller takes its finalizer off every pod that has ended: while we were down, no Job would be done.
 */
const BOOKKEEPING = `['managedFields', 'resourceVersion', 'finalizers', 'ownerReferences']`;

/**
 * Whatever a tool that applies the same manifest every minute sends. All else has to be equal to the letter: a label can
 * bring another policy to bear, an annotation can hold an AppArmor profile, and an object that violates is worth a
 * warning with every real change.
 */
const CHANGES_SOMETHING: MatchCondition = {
  name: 'changes-something',
  expression: `request.operation != 'UPDATE' ||
!object.all(key, key == 'metadata' || (key in oldObject && object[key] == oldObject[key])) ||
!oldObject.all(key, key in object) ||
!object.metadata.all(key, key in ${BOOKKEEPING} || (key in oldObject.metadata && object.metadata[key] == oldObject.metadata[key])) ||
!oldObject.metadata.all(key, key in ${BOOKKEEPING} || key in object.metadata)`,
};

/**
 * An API server that starts makes the bindings of Kubernetes itself, and ends where it cannot: it must not wait for us, who wait for it.
 * The hook is rbac/bootstrap-roles, in pkg/registry/rbac/rest/storage_rbac.go of kubernetes.
 */
const NOT_THE_API_SERVER: MatchCondition = {
  name: 'not-the-api-server',
  expression: `!has(request.userInfo.username) || request.userInfo.username != 'system:apiserver'`,
};

/** When reviews of role bindings are wanted, beside what holds for all. */
export function bindingConditions(ownBindings: readonly string[] = []): readonly MatchCondition[] {
  return ownBindings.length === 0 ? [NOT_THE_API_SERVER] : [NOT_THE_API_SERVER, notOurOwn(ownBindings)];
}

/** The release that repairs us must not wait for us. An update cannot make of our own role another one. */
function notOurOwn(names: readonly string[]): MatchCondition {
  const list = names.map(celString).join(', ');
  return {
    name: 'not-our-own-bindings',
    expression: `request.operation != 'UPDATE' || request.resource.resource != 'clusterrolebindings' || !(request.name in [${list}])`,
  };
}

/** When reviews are wanted, of workloads and of policies. */
export function matchConditions(username: string | undefined): readonly MatchCondition[] {
  return [...notOurselves(username), NOT_BEING_DELETED, CHANGES_SOMETHING];
}

/** We cannot answer for what we ask for ourselves while we start. */
function notOurselves(username: string | undefined): readonly MatchCondition[] {
  if (username === undefined) return [];
  const expression = `!has(request.userInfo.username) || request.userInfo.username != ${celString(username)}`;
  return [{ name: 'not-ourselves', expression }];
}

/** A string literal of CEL. JSON's escapes are all CEL's, too. */
function celString(text: string): string {
  return JSON.stringify(text);
}
