// What a draft can say of a place in an object: the labels of its pods, the names of containers, and the images that these are judged
// with.
import { judgedTemplates } from '../../engine/judged-templates.ts';
import { CONTAINER_LISTS, viewOf } from '../../kubernetes/containers.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { sortBytewise } from '../../model/text.ts';
import { readImageEntry } from '../../policy/exception-entry.ts';
import { fieldPrefix, findTemplates } from '../../workloads/template.ts';
import type { OfflineContext } from '../judge.ts';
import type { InputObject } from '../objects.ts';
import { subjectOf } from '../subject.ts';

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
  /** The names of the containers: of one of them, or of all. */
  readonly containers: readonly string[];
  /** None where some container has no image that a pattern can name. */
  readonly images: readonly string[];
}

interface Pod {
  readonly prefix: string;
  /** As it was written. */
  readonly written: unknown;
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
    const written = new Map(
      findTemplates(object.value, workload ?? { templates: [] }).map(({ tokens, value }) => [
        fieldPrefix(tokens),
        value,
      ]),
    );
    const subject = { ...subjectOf(object, namespace, user, workloads), object: filled };
    this.#pods = judgedTemplates(subject, fillIn ? gate : { ...gate, asWritten: true }).map(({ prefix, template }) => {
      const byName = Map.groupBy(viewOf(template).containers, ({ name }) => name);
      const images = [...byName].map(
        ([name, refs]) => [name, refs.map(({ container }) => container.image ?? '')] as const,
      );
      return { prefix, written: written.get(prefix), images: new Map(images) };
    });
  }

  /** Which of its pods a field belongs to; a field around them to the first. */
  prefixOf(path: string): string {
    return this.#of(path)?.prefix ?? '';
  }

  /** @param container its name; undefined for what a pod has as a whole */
  at(path: string, container: string | undefined): PodPlace {
    const pod = this.#of(path);
    // What a class adds to a pod is let in by the class.
    const containers = container === undefined ? namesIn(pod?.written) : [container];
    const images = containers.flatMap((name) => pod?.images.get(name) ?? ['']);
    const canBeNamed = images.every((image) => image !== '' && readImageEntry(image).fault === undefined);
    return {
      labels: labelsIn(pod?.written),
      containers: sortBytewise(new Set(containers)),
      images: canBeNamed ? sortBytewise(new Set(images)) : [],
    };
  }

  #of(path: string): Pod | undefined {
    // Of a workflow, say, one of its templates stands within the whole.
    const around = this.#pods.filter(({ prefix }) => path.startsWith(prefix));
    const longest = Math.max(...around.map(({ prefix }) => prefix.length));
    return around.find(({ prefix }) => prefix.length === longest) ?? this.#pods[0];
  }
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
