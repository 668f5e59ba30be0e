// What checks are told of a request.
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Subject } from '../model/subject.ts';
import type { CheckRequest } from '../rules/check.ts';
import { NOTHING_KNOWN } from '../rules/cluster-facts.ts';
import { qualifiedKind } from '../workloads/workload.ts';
import type { Gate } from './gate.ts';
import { isPod, type Located, type LocatedTemplate } from './locate.ts';

/** The request as checks of one of its templates see it. */
export function checkRequest(
  subject: Subject,
  located: Located,
  { old }: LocatedTemplate,
  { surroundings }: Gate,
): CheckRequest {
  return {
    user: subject.user,
    runs: isPod(located.workload) && subject.operation === 'UPDATE',
    // Few checks ask for it, and reading a template's shape takes time.
    get old() {
      return old !== undefined && isPodTemplate(old.value) ? old.value : undefined;
    },
    object: located.object,
    kind: qualifiedKind(located.workload),
    cluster: surroundings.cluster ?? NOTHING_KNOWN,
  };
}
