// What a draft can say of a place in an object: the labels of its pods, the names of containers, and the images that these are judged
// with.
import { judgedTemplates } from '../../engine/judged-templates.ts';
import { CONTAINER_LISTS, viewOf } from '../../kubernetes/containers.ts';
import { pathOfTokens } from '../../kubernetes/field-path.ts';
import type { OfflineContext } from '../../library/offline/judge.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import { subjectOf } from '../../library/offline/subject.ts';
import type { FieldRef } from '../../model/finding.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { sortBytewise } from '../../model/text.ts';
import { EXCEPTION_FIELDS, readImageEntry } from '../../policy/exception-entry.ts';
import { type FoundTemplate, fieldPrefix, findTemplates } from '../../workloads/template.ts';

/** Labels that controllers give the pods they make: a selector with them would be over with the next pod. */
const GENERATED_LABELS: ReadonlySet<string> = new Set([
  'agents.x-k8s.io/sandbox-name-hash',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-name',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
]);

/** A place in a pod. */
export interface PodPlace {
  /** Undefined where the template has none. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** The names of the containers: of one of them, or of all. None where some container has no name that is one. */
  readonly containers: readonly string[];
  /** None where some container has no image that a pattern can name. */
  readonly images: readonly string[];
}

interface Pod {
  /** As it was written. */
  readonly written: FoundTemplate | undefined;
  /** The images that a container of this name is judged with. */
  readonly images: ReadonlyMap<string, readonly string[]>;
}

/** The pods of an object. */
export class Pods {
  readonly #pods: readonly Pod[];

  /** @param filled the object as the mutating webhook leaves it */
  constructor(object: InputObject, filled: JsonObject, { gate, namespace, user, fillIn }: OfflineContext) {
    const { workloads } = gate.policies;
    const workload = workloads.find(object.kind.group, object.kind.kind);
    const written = workload ? findTemplates(object.value, workload) : [];
    const subject = { ...subjectOf(object, namespace, user, workloads), object: filled };
    this.#pods = judgedTemplates(subject, fillIn ? gate : { ...gate, asWritten: true }).map(({ index, template }) => {
      const byName = Map.groupBy(viewOf(template).containers, ({ name }) => name);
      const images = [...byName].map(
        ([name, refs]) => [name, refs.map(({ container }) => container.image ?? '')] as const,
      );
      return { written: written[index], images: new Map(images) };
    });
  }

  /**
   * The places that a finding may be about: one, but where several pods are made of the same fields.
   * @param fields those of one finding, which are all of one pod
   * @param container the name of the one that it is about; undefined for what a pod has as a whole
   */
  placesOf(fields: readonly FieldRef[], container: string | undefined): readonly PodPlace[] {
    // Of a workflow, say, one of its templates stands within the whole: what stands nearest to the fields counts.
    const near = this.#pods.map((pod) => Math.min(...fields.map((field) => nearness(pod, field))));
    const nearest = Math.max(...near);
    const owners = nearest < 0 ? this.#pods.slice(0, 1) : this.#pods.filter((_, index) => near[index] === nearest);
    return owners.map((pod) => placeIn(pod, container));
  }
}

/** How much of the path of a field the pod's own place has in common with it, in characters; -1 where it stands elsewhere. */
function nearness({ written, images }: Pod, { path, container }: FieldRef): number {
  if (container !== undefined && !images.has(container)) return -1;
  if (written === undefined) return 0;
  const places = written.partial
    ? [...written.partial.fields.values()].map(pathOfTokens)
    : [fieldPrefix(written.tokens)];
  return Math.max(...places.map((place) => (path.startsWith(place) ? place.length : -1)));
}

/** A kind that holds parts of pods may give some of them other names, or none. */
const CONTAINER_NAME = new RegExp(EXCEPTION_FIELDS.containers.items.pattern);

function placeIn({ written, images }: Pod, container: string | undefined): PodPlace {
  // What a class adds to a pod is let in by the class.
  const containers = container === undefined ? namesIn(written?.value) : [container];
  const all = containers.flatMap((name) => images.get(name) ?? ['']);
  const canBeNamed = all.every((image) => image !== '' && readImageEntry(image).fault === undefined);
  return {
    labels: labelsIn(written?.value),
    containers: containers.every((name) => CONTAINER_NAME.test(name)) ? sortBytewise(new Set(containers)) : [],
    images: canBeNamed ? sortBytewise(new Set(all)) : [],
  };
}

function namesIn(template: unknown): readonly string[] {
  const spec = ownField(template, 'spec');
  return CONTAINER_LISTS.flatMap((list) => {
    const containers = ownField(spec, list);
    return Array.isArray(containers) ? containers.flatMap((one) => stringField(one, 'name') ?? []) : [];
  });
}

function labelsIn(template: unknown): PodPlace['labels'] {
  const labels = ownField(ownField(template, 'metadata'), 'labels');
  const kept = Object.entries(isJsonObject(labels) ? labels : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !GENERATED_LABELS.has(entry[0]),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
