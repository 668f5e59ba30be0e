// Resources of a pod as a whole (KEP-2837), which its containers together must fit into.
// Source: k8s.io/kubernetes v1.37.2, pkg/apis/core/validation, validatePodResourceConsistency, and
// k8s.io/component-helpers/resource, AggregateContainerRequests.
import { isJsonObject, ownField } from '../model/json.ts';
import { type ContainerRef, containerPath, type PodView } from './containers.ts';
import type { ConflictSide } from './pod-validation.ts';
import { nanosOf } from './quantity.ts';

type Pair = readonly [ConflictSide, ConflictSide];

/** Each container that takes part in what exceeds the pod's own requests, and each with limits above the pod's. */
export function podResourceConflicts({ spec, containers }: PodView): readonly Pair[] {
  const resources = ownField(spec, 'resources');
  if (!isJsonObject(resources)) return [];
  const pairs: Pair[] = [];
  for (const [resource, amount] of Object.entries(objectOf(resources.requests))) {
    const most = nanosOf(amount);
    if (most === undefined || requestsOf(containers, resource) <= most) continue;
    for (const ref of containers) {
      if (requestOf(ref, resource) > 0n) pairs.push(pairOf(ref, 'requests', resource, amount));
    }
  }
  for (const [resource, amount] of Object.entries(objectOf(resources.limits))) {
    const most = nanosOf(amount);
    if (most === undefined) continue;
    for (const ref of containers) {
      if (ref.list !== 'containers') continue;
      const limit = nanosOf(ownField(ownField(ref.container.resources, 'limits'), resource));
      if (limit !== undefined && limit > most) pairs.push(pairOf(ref, 'limits', resource, amount));
    }
  }
  return pairs;
}

/** What the containers need together: init containers run one after the other, beside the sidecars started before them. */
function requestsOf(containers: readonly ContainerRef[], resource: string): bigint {
  let together = 0n;
  let sidecars = 0n;
  let starting = 0n;
  for (const ref of containers) {
    const request = requestOf(ref, resource);
    if (ref.list === 'containers') together += request;
    if (ref.list !== 'initContainers') continue;
    if (ownField(ref.container, 'restartPolicy') === 'Always') {
      together += request;
      sidecars += request;
      starting = max(starting, sidecars);
    } else starting = max(starting, request + sidecars);
  }
  return max(together, starting);
}

/** The request of a container, which is its limit where it has none. */
function requestOf({ container }: ContainerRef, resource: string): bigint {
  const { resources } = container;
  const request =
    ownField(ownField(resources, 'requests'), resource) ?? ownField(ownField(resources, 'limits'), resource);
  return nanosOf(request) ?? 0n;
}

function pairOf(ref: ContainerRef, field: 'requests' | 'limits', resource: string, amount: unknown): Pair {
  const where = `resources.${field}.${resource}`;
  const of = `of container ${JSON.stringify(ref.name)}`;
  return [
    {
      path: containerPath(ref, `resources.${field}[${resource}]`),
      container: ref.name,
      text: `${where} ${of}`,
      change: `lower ${where} ${of}`,
    },
    {
      path: `spec.resources.${field}[${resource}]`,
      text: `spec.${where} ${String(amount)} of the whole pod`,
      change: `raise spec.${where} by what the class needs`,
    },
  ];
}

function objectOf(value: unknown): object {
  return isJsonObject(value) ? value : {};
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
