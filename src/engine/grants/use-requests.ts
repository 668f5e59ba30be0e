// Which questions the engine will ask authorisation during a review, so that they can be answered before it runs. The list may
// hold more questions than the engine asks, never fewer: a use that was not looked up is refused.
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

/** The most questions for one review: an object can hold many templates, each with a service account of its own. */
const MOST = 256;

const NONE: readonly UseRequest[] = Object.freeze([]);
const NO_NAMES: readonly string[] = Object.freeze([]);

/**
 * The classes that the object of a subject asks for or that a policy assigns to it, each with the service account that its
 * pods run as; only those whose use has to be authorised. Grants themselves are resolved later, with the answers. Nearly
 * every review asks for nothing, which costs reading a few fields.
 */
export function useRequests(subject: Subject, gate: Gate): readonly UseRequest[] {
  if (gate.policies.classes.size === 0) return NONE;
  const located = locate(subject, gate);
  if (typeof located === 'string') return NONE;
  const assigned = assignedNames(subject, located, gate);
  const requests = new Map<string, UseRequest>();
  const asking = { namespace: subject.namespace, user: classUser(subject, located.workload) };
  ask(located.object, located.templates, assigned, asking, gate, requests);
  // Violations that the old object has as well are excused, so the old object is judged too.
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

/** The classes that matching policies assign without being asked (`assign: Always`). */
function assignedNames(subject: Subject, located: Located, gate: Gate): readonly string[] {
  const always = alwaysOf(gate.policies);
  if (always.size === 0) return NO_NAMES;
  const namespace = knownLabels(subject, gate);
  const names = new Set<string>();
  for (const template of located.templates) {
    const { judging } = verdictPolicies(located, template, namespace, gate, false);
    // The namespace's labels may still be being looked up: any policy that depends on them may turn out to match.
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

/** The policies with `assign: Always`, with the names of the classes among them whose use has to be authorised. */
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
