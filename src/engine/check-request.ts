// What checks are told of a request.
import type { PodView } from '../kubernetes/containers.ts';
import type { PodTemplate, StringMap } from '../kubernetes/pod.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { JsonObject } from '../model/json.ts';
import type { Subject } from '../model/subject.ts';
import type { CheckRequest } from '../rules/check.ts';
import { NOTHING_KNOWN } from '../rules/cluster-facts.ts';
import { qualifiedKind, type Workload } from '../workloads/workload.ts';
import type { Gate, Surroundings } from './gate.ts';
import { isPod, type Located, type LocatedTemplate } from './locate.ts';

/** The request as checks of one of its templates see it. */
export function checkRequest(
  subject: Subject,
  located: Located,
  template: LocatedTemplate,
  namespaceLabels: StringMap,
  { surroundings }: Gate,
): CheckRequest {
  return new RequestOfSubject(subject, located, template, namespaceLabels, surroundings);
}

/** A class, since few checks ask for what takes time to find out, and an object with getters of its own is slow to make. */
class RequestOfSubject implements CheckRequest {
  readonly user: CheckRequest['user'];
  readonly runs: boolean;
  readonly object: JsonObject;
  readonly oldObject: JsonObject | undefined;
  readonly cluster: CheckRequest['cluster'];
  readonly subject: Subject;
  readonly namespaceLabels: StringMap;
  readonly #workload: Workload;
  readonly #template: LocatedTemplate;
  readonly #surroundings: Surroundings;

  constructor(
    subject: Subject,
    located: Located,
    template: LocatedTemplate,
    namespaceLabels: StringMap,
    surroundings: Surroundings,
  ) {
    this.user = subject.user;
    this.runs = isPod(located.workload) && subject.operation === 'UPDATE';
    this.object = located.object;
    this.oldObject = subject.operation === 'UPDATE' ? subject.oldObject : undefined;
    this.cluster = surroundings.cluster ?? NOTHING_KNOWN;
    this.subject = subject;
    this.namespaceLabels = namespaceLabels;
    this.#workload = located.workload;
    this.#template = template;
    this.#surroundings = surroundings;
  }

  get kind(): string {
    return qualifiedKind(this.#workload);
  }

  get old(): PodTemplate | undefined {
    const { old } = this.#template;
    return old !== undefined && isPodTemplate(old.value) ? old.value : undefined;
  }

  get sent(): PodTemplate | undefined {
    const { value } = this.#template;
    return isPodTemplate(value) ? value : undefined;
  }

  get namespaceAnnotations(): CheckRequest['namespaceAnnotations'] {
    return this.#surroundings.namespaceAnnotations?.(this.subject.namespace);
  }
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
