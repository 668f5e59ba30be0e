// Which questions about capability classes the engine will put for a review, so that they can be answered before it runs.
// There may be more than it puts, never fewer: what was not looked up counts as refused.
import { requestedClasses } from '../../grants/request.ts';
import { serviceAccountOf } from '../../kubernetes/service-account.ts';
import type { JsonObject } from '../../model/json.ts';
import { ownField } from '../../model/json.ts';
import type { Subject } from '../../model/subject.ts';
import type { Policy, PolicySet } from '../../policy/policy.ts';
import { pod } from '../../workloads/pod.ts';
import type { FoundTemplate } from '../../workloads/template.ts';
import type { Gate, UseRequest } from '../gate.ts';
import { type Located, locate } from '../locate.ts';
import { knownLabels, undecidedPolicies } from '../select.ts';
import { verdictPolicies } from '../verdict-policies.ts';
import { classUser } from './class-user.ts';

/** An object can hold many templates, each with a service account of its own: it must not cost as many look-ups. */
const MOST = 256;

const NONE: readonly UseRequest[] = Object.freeze([]);
const NO_NAMES: readonly string[] = Object.freeze([]);

/**
 * The classes that the object of a subject asks for, or that a policy gives it unasked, each with whoever it runs as; only
 * those whose use has to be authorised. For nearly every review there are none, and that costs a look at a few fields.
 */
export function useRequests(subject: Subject, gate: Gate): readonly UseRequest[] {
  if (gate.policies.classes.size === 0) return NONE;
  const located = locate(subject, gate);
  if (typeof located === 'string') return NONE;
  const assigned = assignedNames(subject, located, gate);
  const requests = new Map<string, UseRequest>();
  const asking = { namespace: subject.namespace, user: classUser(subject, located.workload) };
  ask(located.object, located.templates, assigned, asking, gate, requests);
  // An update is excused for what the stored object violated already, which has to be known for that.
  const { oldObject } = subject;
  if (oldObject) ask(oldObject, located.oldTemplates, assigned, asking, gate, requests);
  return requests.size === 0 ? NONE : [...requests.values()];
}

function ask(
  object: JsonObject,
  templates: readonly FoundTemplate[],
  assigned: readonly string[],
  { namespace, user }: Pick<Subject, 'namespace' | 'user'>,
  gate: Gate,
  requests: Map<string, UseRequest>,
): void {
  const own = annotatedNames(object);
  for (const { value } of templates) {
    const annotated = value === object ? NO_NAMES : annotatedNames(value);
    if (own.length + annotated.length + assigned.length === 0) continue;
    const serviceAccount = serviceAccountOf(value);
    for (const className of [...own, ...annotated, ...assigned]) {
      if (requests.size === MOST) return;
      if (gate.policies.classes.get(className)?.authorization !== 'RBAC') continue;
      requests.set(JSON.stringify([className, serviceAccount]), { className, namespace, user, serviceAccount });
    }
  }
}

function annotatedNames(object: unknown): readonly string[] {
  return requestedClasses(ownField(ownField(object, 'metadata'), 'annotations')).names;
}

/** The classes that matching policies give unasked. */
function assignedNames(subject: Subject, located: Located, gate: Gate): readonly string[] {
  const always = alwaysOf(gate.policies);
  if (always.size === 0) return NO_NAMES;
  const namespace = knownLabels(subject.namespace, gate);
  const names = new Set<string>();
  for (const template of located.templates) {
    const { judging } = verdictPolicies(located, template, namespace, gate, false);
    // While the namespace's labels are being looked up, too, every policy that may depend on them may match.
    const undecided = namespace.complete
      ? []
      : [located.workload, pod].flatMap((workload) => undecidedPolicies(workload, template.value, gate));
    for (const policy of [...judging, ...undecided]) {
      for (const name of always.get(policy) ?? NO_NAMES) names.add(name);
    }
  }
  return [...names];
}

const alwaysBySet = new WeakMap<PolicySet, ReadonlyMap<Policy, readonly string[]>>();

/** The policies that give classes unasked, with the names of those whose use has to be authorised. */
function alwaysOf(set: PolicySet): ReadonlyMap<Policy, readonly string[]> {
  let always = alwaysBySet.get(set);
  if (!always) {
    always = new Map(
      set.policies.flatMap((policy) => {
        const names = policy.capabilities
          .filter(({ name, assign }) => assign === 'Always' && set.classes.get(name)?.authorization === 'RBAC')
          .map(({ name }) => name);
        return names.length === 0 ? [] : [[policy, names] as const];
      }),
    );
    alwaysBySet.set(set, always);
  }
  return always;
}
