// Policies and what is known of a cluster, as the engine takes them: the same for the command line and for the library.
import type { Gate } from '../../engine/gate.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { AuthorizationOptions } from './authorization.ts';
import { unknownFacts } from './cluster-facts.ts';
import { untimelyExceptions, type WithExceptions, withExceptions } from './exceptions/given.ts';
import { enforcementOffline } from './judge.ts';
import type { InputObject } from './objects.ts';
import { surroundingsFrom } from './surroundings.ts';

/** What a gate is made of. */
export interface GateInput {
  /** Without the exceptions among the objects. */
  readonly policies: PolicySet;
  /** The Namespaces, Nodes, RuntimeClasses, Roles, bindings and IsolationExceptions among them describe the cluster. */
  readonly objects: readonly InputObject[];
  /** Of objects that name none. */
  readonly namespace: string;
  /** Of namespaces that are not among the objects; undefined where they were not given. */
  readonly namespaceLabels: StringMap | undefined;
  readonly namespaceAnnotations: StringMap | undefined;
  readonly assume: AuthorizationOptions['assume'];
  /** The moment by which exceptions have ended; undefined for all that end. */
  readonly now: number | undefined;
  /** How strictly kinds are held to policies; where it is absent, as {@link enforcementOffline} has it. */
  readonly enforcement?: Gate['enforcement'];
  /** The implementation to use for each class, given the policies that are in force. */
  readonly implementations: (policies: PolicySet) => Gate['implementations'];
  /** Is given what is wrong with exceptions among the objects, which are then not in force. */
  readonly onProblems: (found: Pick<WithExceptions, 'problems' | 'located'>) => void;
  /** Is given what a reader of the verdicts has to know: some of it at once, and some while objects are judged. */
  readonly note: (line: string) => void;
}

/** A gate, and the namespaces whose labels some policy asked for and which had to be assumed: these grow. */
export interface OfflineGate {
  readonly gate: Gate;
  readonly assumed: ReadonlySet<string>;
}

/** Makes a gate. */
export function offlineGate(input: GateInput): OfflineGate {
  const { objects, namespace, now, note } = input;
  const found = withExceptions(input.policies, objects, namespace);
  const { policies } = found;
  input.onProblems(found);
  for (const line of found.warnings) note(line);
  for (const line of now === undefined ? [] : untimelyExceptions(policies, now)) note(line);
  const assumed = new Set<string>();
  const surroundings = surroundingsFrom(objects, {
    otherwise: input.namespaceLabels,
    annotations: input.namespaceAnnotations,
    onAssumed(name) {
      if (!policies.needsNamespaceLabels) return;
      assumed.add(name);
      note(`namespace ${JSON.stringify(name)}: its labels are not known, assumed to be none`);
    },
    authorization: { namespace, assume: input.assume, note },
  });
  for (const line of unknownFacts(policies, surroundings.cluster)) note(line);
  const implementations = input.implementations(policies);
  const { enforcement = enforcementOffline } = input;
  return { gate: { policies, surroundings, implementations, enforcement, now }, assumed };
}
