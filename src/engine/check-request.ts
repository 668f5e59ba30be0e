// What checks are told of a request.
import type { PodView } from '../kubernetes/containers.ts';
import type { PodTemplate, StringMap } from '../kubernetes/pod.ts';
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
  namespaceLabels: StringMap,
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
    subject,
    namespaceLabels,
  };
}

/** The same request where the stored object is judged, for what it violates already: nothing in it is new. */
export function storedRequest(request: CheckRequest): CheckRequest {
  const { user, runs, old, object, oldObject, kind, namespaceAnnotations, cluster, subject, namespaceLabels } = request;
  return {
    user,
    runs,
    old,
    sent: old,
    object: oldObject ?? object,
    oldObject,
    kind,
    namespaceAnnotations,
    cluster,
    subject,
    namespaceLabels,
  };
}

/** The same request for the checks of a policy that look at the template before it: `make` is asked when one does. */
export function withOldView(request: CheckRequest, make: (old: PodTemplate) => PodView): CheckRequest {
  let view: PodView | undefined;
  const { user, runs, object, oldObject, kind, cluster, subject, namespaceLabels } = request;
  return {
    user,
    runs,
    get old() {
      return request.old;
    },
    get sent() {
      return request.sent;
    },
    object,
    oldObject,
    kind,
    get namespaceAnnotations() {
      return request.namespaceAnnotations;
    },
    cluster,
    subject,
    namespaceLabels,
    get oldView() {
      const { old } = request;
      if (old !== undefined) view ??= make(old);
      return view;
    },
  };
}
