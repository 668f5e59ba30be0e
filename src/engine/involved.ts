// What took part in a verdict, for people who test policies. Not on the path of a review: everything is looked at once more.

import type { PodTemplate } from '../kubernetes/pod.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Subject } from '../model/subject.ts';
import type { Policy } from '../policy/policy.ts';
import { WHOLE_TEMPLATE } from '../rules/fill-in.ts';
import { fillTemplate } from './fill.ts';
import type { Gate } from './gate.ts';
import { grantContext } from './grants/grant-context.ts';
import { locate } from './locate.ts';
import { fillScope } from './scope.ts';
import { knownLabels } from './select.ts';
import { templateToJudge } from './template-to-judge.ts';
import { verdictPolicies } from './verdict-policies.ts';

/** What took part in the verdict on one pod template. */
export interface Involved {
  /** The template as it was judged. */
  readonly template: PodTemplate;
  readonly policies: readonly Policy[];
  /** The classes that it is granted, each with its implementation. */
  readonly granted: readonly { readonly className: string; readonly implementation: string }[];
  /** `policy/fill-in` of what its pods will be given, where it is left as written itself. */
  readonly injected: readonly string[];
}

/** What takes part in the verdict on each template of a request, whose object has been filled in; nothing where none is judged. */
export function involvedIn(subject: Subject, gate: Gate): readonly Involved[] {
  const located = locate(subject, gate);
  if (typeof located === 'string') return [];
  const namespace = knownLabels(subject, gate);
  const context = grantContext(subject, located, namespace.labels, gate);
  const leftAsItWas = fillScope(subject, located) === 'template-unchanged';
  return located.templates.flatMap((template): Involved[] => {
    const { judging, filling } = verdictPolicies(located, template, namespace, gate, leftAsItWas);
    if (judging.length === 0 || !isPodTemplate(template.value)) return [];
    const judged = templateToJudge(template.value, judging, filling, context);
    const asPod = context.stored ? { ...context, stored: false } : context;
    return [
      {
        template: judged.template,
        policies: judging,
        granted: (judged.grants?.granted ?? []).map(({ name, implementation }) => ({
          className: name,
          implementation: implementation.name,
        })),
        injected: filling ? fillTemplate(template.value, filling, WHOLE_TEMPLATE, asPod).injected : [],
      },
    ];
  });
}
