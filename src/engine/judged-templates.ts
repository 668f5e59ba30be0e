// The pod templates of an object as its verdict is about them, for people who ask. Not on the path of a review.
import type { PodTemplate } from '../kubernetes/pod.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Subject } from '../model/subject.ts';
import type { Gate } from './gate.ts';
import { grantContext } from './grants/grant-context.ts';
import { locate } from './locate.ts';
import { knownLabels } from './select.ts';
import { templateToJudge } from './template-to-judge.ts';
import { verdictPolicies } from './verdict-policies.ts';

/** One template, and what it is judged as. */
export interface JudgedAs {
  /** Its place among the templates of the object. */
  readonly index: number;
  /** Of a kind that is left as written the pod that will come of it. */
  readonly template: PodTemplate;
}

/** Every template of an object that is created, but for those that cannot be read. */
export function judgedTemplates(subject: Subject, gate: Gate): readonly JudgedAs[] {
  const located = locate(subject, gate);
  if (typeof located === 'string') return [];
  const namespace = knownLabels(subject, gate);
  const grants = grantContext(subject, located, namespace.labels, gate);
  return located.templates.flatMap((template, index) => {
    const { value } = template;
    if (!isPodTemplate(value)) return [];
    const { judging, filling } = verdictPolicies(located, template, namespace, gate, false);
    return [{ index, template: templateToJudge(value, judging, filling, grants).template }];
  });
}
