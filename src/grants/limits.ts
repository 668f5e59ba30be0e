// Extended resources that a class grants, such as a device of a device plugin: limits of the workload's own containers.
import type { Container } from '../kubernetes/pod.ts';
import { nanosOf } from '../kubernetes/quantity.ts';
import { type JsonObject, ownField } from '../model/json.ts';
import type { Difference } from './difference.ts';

/** A container's resources with limits added, and the limits that it has otherwise. */
export interface LimitedResources {
  /** The same reference as the container has where nothing was missing. */
  readonly resources: Container['resources'];
  /** The names of those that were added. */
  readonly added: readonly string[];
  readonly conflicts: readonly Difference[];
}

/** Adds the limits that are missing. The API server makes the requests equal to them. */
export function withLimits({ resources }: Container, limits: JsonObject): LimitedResources {
  const added: string[] = [];
  const conflicts: Difference[] = [];
  let wanted = resources;
  for (const [name, expected] of Object.entries(limits)) {
    const actual = ownField(resources?.limits, name);
    if (actual === undefined || actual === null) {
      wanted = { ...wanted, limits: { ...wanted?.limits, [name]: String(expected) } };
      added.push(name);
    } else if (!isSameQuantity(expected, actual)) {
      conflicts.push({ path: `resources.limits[${name}]`, expected, actual });
    }
  }
  return { resources: wanted, added, conflicts };
}

/** The container without the limits, and the requests, that are granted. */
export function withoutLimits(container: Container, limits: JsonObject): Container {
  const names = Object.keys(limits);
  const { resources } = container;
  if (names.length === 0 || !resources) return container;
  const without = (quantities: Quantities): Quantities =>
    Object.fromEntries(
      Object.entries(quantities).filter(
        ([name, quantity]) => !Object.hasOwn(limits, name) || !isSameQuantity(limits[name], quantity),
      ),
    );
  return {
    ...container,
    resources: {
      ...resources,
      ...(resources.limits && { limits: without(resources.limits) }),
      ...(resources.requests && { requests: without(resources.requests) }),
    },
  };
}

type Quantities = NonNullable<NonNullable<Container['resources']>['limits']>;

/** `1` and `"1"` are one quantity. */
function isSameQuantity(a: unknown, b: unknown): boolean {
  const nanos = nanosOf(a);
  return nanos !== undefined && nanos === nanosOf(b);
}
