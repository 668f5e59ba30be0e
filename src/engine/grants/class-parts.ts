// The parts of capability classes that a policy judges with the rest of a pod: those of classes that are refused, and those of
// classes that it does not list. What is wrong with them is not the workload's fault.
import { chooseContainers } from '../../grants/chosen.ts';
import type { Implementation } from '../../grants/class.ts';
import type { GrantedClass } from '../../grants/granted.ts';
import { quoteAscii, quoteShort } from '../../grants/quote.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import type { Cause, CauseInWords, CheckViolations } from '../../model/finding.ts';
import { CAPABILITIES_ANNOTATION, GRANTS_CHECK } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';
import { blamedOn } from '../causes.ts';
import type { Gate } from '../gate.ts';
import type { Grants } from './grants.ts';

/** A class whose parts a policy judges, as if it were granted, and what to say instead of what is wrong with them. */
export interface ClassParts {
  readonly parts: readonly GrantedClass[];
  readonly cause: Cause;
}

/** The classes whose parts this policy judges with the pod. */
export function partsOfOthers(policy: Policy, grants: Grants, view: PodView, gate: Gate): readonly ClassParts[] {
  const found: ClassParts[] = [];
  for (const one of grants.granted) {
    if (grants.listedBy.get(one.name)?.includes(policy)) continue;
    found.push({ parts: [one], cause: notGrantedBy(policy, one, grants, view) });
  }
  const refused = new Map(grants.refused.map((one) => [one.name, one]));
  for (const [name, { implementation }] of refused) {
    const all = implementation ? [implementation] : (gate.policies.classes.get(name)?.implementations ?? []);
    if (all.length === 0) continue;
    const parts = all.map((one) => asIfGranted(name, one, view));
    found.push({ parts, cause: { check: GRANTS_CHECK, rule: `CapabilityClass ${quoteAscii(name)}` } });
  }
  return found;
}

/**
 * Notes which violations a policy finds only because of these classes.
 * @param judge what the policy finds without the parts of these
 */
export function blamedOnClasses(
  found: CheckViolations[],
  classes: readonly ClassParts[],
  judge: (without: readonly GrantedClass[]) => readonly CheckViolations[],
): CheckViolations[] {
  let blamed = found;
  const taken: GrantedClass[] = [];
  for (const { parts, cause } of classes) {
    taken.push(...parts);
    blamed = blamedOn(cause, blamed, judge(taken));
  }
  return blamed;
}

/** The parts of a class that is refused: what has their names, and fields that equal the class's. */
export function asIfGranted(name: string, implementation: Implementation, view: PodView): GrantedClass {
  const chosen = chooseContainers(view, name, implementation.grant, implementation.template.containerNames);
  const names = chosen.ok ? chosen.containers.map((ref) => ref.name) : [];
  return { name, implementation, chosen: new Set(names), missing: [], passedOver: [] };
}

function notGrantedBy(policy: Policy, { name, implementation }: GrantedClass, grants: Grants, view: PodView): Cause {
  const path = `metadata.annotations[${CAPABILITIES_ANNOTATION}]`;
  const fields = [{ path, value: view.metadata.annotations?.[CAPABILITIES_ANNOTATION] }];
  const rule = `IsolationPolicy "${policy.name}"`;
  const own = policy.capabilities.find((listed) => listed.name === name)?.implementation;
  const others = (grants.listedBy.get(name) ?? []).map((other) => other.name);
  const words = own === undefined ? notListed(policy.name, name) : otherImplementation(policy.name, name, own);
  return { check: GRANTS_CHECK, rule, instead: { fields, ...words(implementation.name, others) } };
}

type Words = (implementation: string, others: readonly string[]) => Omit<CauseInWords, 'fields'>;

function notListed(policy: string, name: string): Words {
  const [quotedPolicy, quoted] = [quoteShort(policy), quoteShort(name)];
  return () => ({
    fix: `ask an administrator to list class ${quoted} under capabilities of policy ${quotedPolicy}, or do not ask for the class`,
    describe: (checks) => ({
      reason: `policy ${quotedPolicy} does not list class ${quoted}`,
      detail: `it judges the pod with what the class adds, which violates ${checks.join(', ')}`,
    }),
  });
}

function otherImplementation(policy: string, name: string, own: string): Words {
  const [quotedPolicy, quoted] = [quoteShort(policy), quoteShort(name)];
  return (implementation, others) => {
    const [first = ''] = others;
    return {
      fix: `ask an administrator to list the same implementation of class ${quoted} in policies ${quoteShort(first)} and ${quotedPolicy}, or do not ask for the class`,
      describe: (checks) => ({
        reason: `policies ${quoteShort(first)} and ${quotedPolicy} list different implementations of class ${quoted}`,
        detail: `${quoteShort(first)} has ${quoteShort(implementation)}, ${quotedPolicy} has ${quoteShort(own)}; what ${quoteShort(implementation)} adds violates ${checks.join(', ')} of ${quotedPolicy}`,
      }),
    };
  };
}
