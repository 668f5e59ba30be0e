// Why each policy does or does not match, for people who ask. Not on the path of a review: every policy is looked at.
import type { Subject } from '../../model/subject.ts';
import { pathInObject } from '../../workloads/template.ts';
import type { Gate } from '../gate.ts';
import { locate } from '../locate.ts';
import { knownLabels, matchInput } from '../select.ts';

/** One policy and one pod template of an object. */
export interface Explanation {
  readonly policy: string;
  /** Where the template stands in the object, such as `spec.template`; empty for a Pod. */
  readonly template: string;
  /** Undefined where the policy matches; else why it does not, in a few words that name no value of the object. */
  readonly mismatch: string | undefined;
}

/** Every policy for every template, in order of priority; nothing where the request is not one that Sandgate handles. */
export function* explainSelection(subject: Subject, gate: Gate): Generator<Explanation, void> {
  const located = locate(subject, gate);
  if (typeof located === 'string') return;
  const namespace = knownLabels(subject, gate);
  for (const found of located.templates) {
    const template = pathInObject(found, '');
    const input = matchInput(located.workload, found.value, namespace, found.old?.value);
    for (const policy of gate.policies.policies) {
      const unknown = policy.needsNamespaceLabels && !namespace.complete;
      const mismatch = unknown ? 'the labels of the namespace are not known' : policy.mismatch(input);
      yield { policy: policy.name, template, mismatch };
    }
  }
}
