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
  { old, value }: LocatedTemplate,
  { surroundings }: Gate,
): CheckRequest {
  return {
    user: subject.user,
    runs: isPod(located.workload) && subject.operation === 'UPDATE',
    // Few checks ask for it, and reading a template's shape takes time.
    get old() {
      return old !== undefined && isPodTemplate(old.value) ? old.value : undefined;
    },
    get sent() {
      return isPodTemplate(value) ? value : undefined;
    },
    object: located.object,
    oldObject: subject.operation === 'UPDATE' ? subject.oldObject : undefined,
    kind: qualifiedKind(located.workload),
    get namespaceAnnotations() {
      return surroundings.namespaceAnnotations?.(subject.namespace);
    },
    cluster: surroundings.cluster ?? NOTHING_KNOWN,
  };
}

/** The same request where the stored object is judged, for what it violates already: nothing in it is new. */
export function storedRequest(request: CheckRequest): CheckRequest {
  const { user, runs, old, object, oldObject, kind, namespaceAnnotations, cluster } = request;
  return { user, runs, old, sent: old, object: oldObject ?? object, oldObject, kind, namespaceAnnotations, cluster };
}
