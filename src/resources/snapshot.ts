// What is in force where a server has both files and a cluster: the resources of files stay in force, and objects are added
// to them. Pure: whoever watches the cluster hands in the objects of a kind, and gets the next snapshot.
import type { PolicySet } from '../policy/policy.ts';
import { createPolicySet } from '../policy/select.ts';
import { unitePolicySets } from '../policy/unite.ts';
import { type KnownResources, keyOf, type OwnKind, type References, type Resource } from './kind.ts';
import { policySetOf } from './policy-set.ts';
import { problemsText } from './problem-text.ts';
import { type StoredObject, type Verdict, verdictWith } from './record.ts';
import { inForceOf, isSameList, type Records, recordsFor } from './records.ts';

export type { StoredObject, Verdict } from './record.ts';

/** All resources in force, and what became of each object. Immutable: a change makes a new snapshot. */
export interface Snapshot {
  /** Of files and objects together. One set holds all kinds, so that a review is judged by one state of them. */
  readonly policies: PolicySet;
  /** Of files alone. */
  readonly staticPolicies: PolicySet;
  /** Of objects alone. */
  readonly added: PolicySet;
  readonly kinds: ReadonlyMap<string, ObjectsOfKind>;
  /** As in {@link KnownResources}. */
  readonly registeredKinds: ReadonlySet<string> | undefined;
  /** As in {@link KnownResources}. */
  readonly awaitedKinds: ReadonlySet<string> | undefined;
}

/** The objects of one kind. */
export interface ObjectsOfKind {
  readonly kind: OwnKind;
  /** False until the whole list of objects is known: before that none can be said to be missing. */
  readonly isListed: boolean;
  readonly records: Records;
  readonly inForce: readonly Resource[];
  /** The keys of objects of which no version is in force. */
  readonly notInForce: ReadonlySet<string>;
  /** By name. What they say of references changes with what is referred to. */
  readonly verdicts: readonly Verdict[];
}

/** What the log has of references that do not resolve, at most. */
const UNRESOLVED_LIMIT = 1024;

const NO_OBJECTS: Omit<ObjectsOfKind, 'kind'> = {
  isListed: false,
  records: new Map(),
  inForce: [],
  notInForce: new Set(),
  verdicts: [],
};

/**
 * A snapshot without objects: what is in the files alone.
 * @param registeredKinds as in {@link KnownResources}
 */
export function openSnapshot(
  staticPolicies: PolicySet,
  registeredKinds?: ReadonlySet<string>,
  awaitedKinds?: ReadonlySet<string>,
): Snapshot {
  const added = createPolicySet([]);
  return { policies: staticPolicies, staticPolicies, added, kinds: new Map(), registeredKinds, awaitedKinds };
}

/** The snapshot where the API server is not told of these kinds yet. */
export function withAwaitedKinds(snapshot: Snapshot, awaitedKinds: ReadonlySet<string>): Snapshot {
  const next = { ...snapshot, awaitedKinds };
  const kinds = [...snapshot.kinds].map(([name, one]) => [name, referring(one, next, snapshot)] as const);
  return { ...next, kinds: new Map(kinds) };
}

/** The objects of a kind in a snapshot. */
export function objectsOf({ kinds }: Snapshot, kind: OwnKind): ObjectsOfKind {
  return kinds.get(kind.kind) ?? { kind, ...NO_OBJECTS };
}

/**
 * The snapshot with these objects of a kind instead of those it had: the whole list, in any order. An object is judged only
 * where it is new or its generation changed. One that is not accepted changes nothing of what is in force: its last good
 * version stays, where the snapshot has seen one of the same uid. The same snapshot comes back where nothing changed.
 */
export function withObjects(snapshot: Snapshot, kind: OwnKind, objects: readonly StoredObject[]): Snapshot {
  const former = objectsOf(snapshot, kind);
  const records = recordsFor(objects, former.records, staticOwners(snapshot.staticPolicies, kind), kind);
  if (records === former.records) {
    return former.isListed ? snapshot : withKind(snapshot, kind, { ...former, isListed: true });
  }
  const all = [...records.values()];
  const inForce = inForceOf(records);
  const refused = all.filter((record) => !record.inForce && record.verdict.reason === 'Invalid');
  return withKind(snapshot, kind, {
    kind,
    isListed: true,
    records,
    inForce: isSameList(former.inForce, inForce) ? former.inForce : inForce,
    notInForce: new Set(refused.map((record) => keyOf(record.verdict))),
    verdicts: all.map((record) => record.verdict),
  });
}

/** What resources can be referred to. */
export function knownIn(snapshot: Snapshot): KnownResources {
  const { policies, kinds, registeredKinds, awaitedKinds } = snapshot;
  return {
    policies,
    registeredKinds,
    awaitedKinds,
    notInForce(kind) {
      const objects = kinds.get(kind);
      return objects?.isListed ? objects.notInForce : undefined;
    },
    inNamespace(kind, namespace) {
      const records = [...(kinds.get(kind)?.records.values() ?? [])];
      return records.flatMap(({ verdict }) => (verdict.namespace === namespace ? [keyOf(verdict)] : []));
    },
  };
}

/**
 * The resources of a kind in force that refer to what is not there, by key, with what does not resolve in words. Those of
 * files are among them: they have no status to say it in.
 */
export function unresolvedIn(
  snapshot: Snapshot,
  kind: OwnKind,
  references: References<unknown>,
): ReadonlyMap<string, string> {
  const unresolved = new Map<string, string>();
  const known = knownIn(snapshot);
  for (const resource of snapshot.policies.resources.get(kind.kind) ?? []) {
    const problems = references.inCluster(resource.value, known);
    if (problems.length > 0) unresolved.set(keyOf(resource), problemsText(problems, UNRESOLVED_LIMIT));
  }
  return unresolved;
}

/** Who has a name already: the resources of files. */
function staticOwners({ resources }: PolicySet, kind: OwnKind): ReadonlyMap<string, string> {
  const owners = resources.get(kind.kind) ?? [];
  return new Map(owners.map((owner) => [keyOf(owner), `the ${kind.noun} at ${owner.origin}`]));
}

function withKind(snapshot: Snapshot, kind: OwnKind, objects: ObjectsOfKind): Snapshot {
  const former = objectsOf(snapshot, kind);
  const kinds = new Map(snapshot.kinds).set(kind.kind, objects);
  const next = { ...snapshot, kinds, ...(objects.inForce !== former.inForce && policiesWith(snapshot, kinds)) };
  return { ...next, kinds: new Map([...kinds].map(([name, one]) => [name, referring(one, next, snapshot)])) };
}

function policiesWith(
  { staticPolicies, added: former }: Snapshot,
  kinds: Snapshot['kinds'],
): Pick<Snapshot, 'policies' | 'added'> {
  const added = policySetOf(new Map([...kinds].map(([name, objects]) => [name, objects.inForce])), former);
  return { added, policies: unitePolicySets(staticPolicies, added) };
}

/** The objects of a kind with verdicts that say which references do not resolve now. */
function referring(objects: ObjectsOfKind, next: Snapshot, before: Snapshot): ObjectsOfKind {
  const { kind, records } = objects;
  const { references } = kind;
  if (references.length === 0) return objects;
  const known = knownIn(next);
  const former = new Map(objectsOf(before, kind).verdicts.map((verdict) => [verdict.uid, verdict]));
  const verdicts = [...records.values()].map((record) => {
    const { inForce, verdict } = record;
    const unresolved = inForce ? references.flatMap((one) => one.inCluster(inForce.resource.value, known)) : [];
    const isWithoutEffect =
      inForce !== undefined &&
      unresolved.length > 0 &&
      references.some((one) => one.isWithoutEffect?.(inForce.resource.value, known) === true);
    return verdictWith(record, unresolved, isWithoutEffect, former.get(verdict.uid));
  });
  return isSameList(objects.verdicts, verdicts) ? objects : { ...objects, verdicts };
}
