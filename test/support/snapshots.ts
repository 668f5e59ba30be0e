// Snapshots of policies and classes, as tests of either look at them.
import { CAPABILITY_CLASS } from '../../src/resources/capability-class/index.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import {
  type ObjectsOfKind,
  objectsOf,
  type Snapshot,
  type StoredObject,
  unresolvedIn,
  type Verdict,
  withObjects,
} from '../../src/resources/snapshot.ts';

/** The snapshot with these IsolationPolicies, as the cluster's whole list. */
export function withPolicies(snapshot: Snapshot, objects: readonly StoredObject[]): Snapshot {
  return withObjects(snapshot, ISOLATION_POLICY, objects);
}

/** The same for CapabilityClasses. */
export function withClasses(snapshot: Snapshot, objects: readonly StoredObject[]): Snapshot {
  return withObjects(snapshot, CAPABILITY_CLASS, objects);
}

/** What was said of the IsolationPolicies, by name. */
export function policyVerdicts(snapshot: Snapshot): readonly Verdict[] {
  return objectsOf(snapshot, ISOLATION_POLICY).verdicts;
}

/** What was said of the CapabilityClasses, by name. */
export function classVerdicts(snapshot: Snapshot): readonly Verdict[] {
  return classesOf(snapshot).verdicts;
}

export function classesOf(snapshot: Snapshot): ObjectsOfKind {
  return objectsOf(snapshot, CAPABILITY_CLASS);
}

/** The policies in force that list classes which are not there, by name. */
export function unresolvedPolicies(snapshot: Snapshot): ReadonlyMap<string, string> {
  const [classes] = ISOLATION_POLICY.references;
  return classes ? unresolvedIn(snapshot, ISOLATION_POLICY, classes) : new Map();
}
