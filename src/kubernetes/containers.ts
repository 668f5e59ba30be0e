// A pod as checks see it: one flat list of its containers, in the order the Pod Security Standards visit them.
import type { JsonObject } from '../model/json.ts';
import type { Container, ObjectMeta, PodSpec, PodTemplate } from './pod.ts';

/** The three lists of containers of a pod, in the order in which they are visited. */
export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
export type ContainerList = (typeof CONTAINER_LISTS)[number];

/** A container and its place in the pod. */
export interface ContainerRef {
  readonly list: ContainerList;
  readonly index: number;
  /** Empty where the container has no name. */
  readonly name: string;
  readonly container: Container;
  /** Fields of its security context that granted capability classes give it and that were taken out; absent where none were. */
  readonly opened?: ReadonlySet<string> | undefined;
}

/** A pod template in which absent parts are empty. */
export interface PodView {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly containers: readonly ContainerRef[];
  /** Fields of the spec that granted capability classes give the pod, by class; they were taken out of `spec`. */
  readonly granted?: readonly JsonObject[] | undefined;
}

const NOTHING = Object.freeze({});

/** The view of a template: init containers, then containers, then ephemeral containers. Nothing is copied. */
export function viewOf(template: PodTemplate): PodView {
  const spec: PodSpec = template.spec ?? NOTHING;
  const containers: ContainerRef[] = [];
  for (const list of CONTAINER_LISTS) {
    const members = spec[list];
    if (!members) continue;
    for (const [index, container] of members.entries()) {
      containers.push({ list, index, name: container.name ?? '', container });
    }
  }
  return { metadata: template.metadata ?? NOTHING, spec, containers };
}

/** The path of a container's field inside its template: `spec.initContainers[0].securityContext.privileged`. */
export function containerPath(ref: Pick<ContainerRef, 'list' | 'index'>, field: string): string {
  return `spec.${ref.list}[${ref.index}].${field}`;
}
