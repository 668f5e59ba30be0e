// The resources of containers and pods, read as Kubernetes reads them.
import type { ContainerRef } from '../../kubernetes/containers.ts';
import { pathOfTokens } from '../../kubernetes/field-path.ts';
import type { FieldsOf } from '../../kubernetes/field-type.ts';
import { nanosOf } from '../../kubernetes/quantity.ts';
import { ownField } from '../../model/json.ts';
import type { ResourceField } from './parameters.ts';

type Resources = FieldsOf<'ResourceRequirements'> | null | undefined;

/** The limits or the requests; each by its own name, since that is read several times as fast as by a name that is passed in. */
function amountsOf(resources: Resources, kind: ResourceField['kind']): unknown {
  return kind === 'limits' ? resources?.limits : resources?.requests;
}

/** What stands in the field; a quantity of any form, null, or undefined where nothing does. */
export function statedAmount(resources: Resources, { kind, resource }: ResourceField): unknown {
  return ownField(amountsOf(resources, kind), resource);
}

/** True where something of the resource is asked for, or something that is not a quantity: zero and null are nothing. */
export function asksFor(amount: unknown): boolean {
  return amount !== undefined && amount !== null && nanosOf(amount) !== 0n;
}

/**
 * True where the resources have an amount in the field, or where the API server copies one there: it fills in requests from
 * limits. A limit of zero is none.
 */
export function hasAmount(resources: Resources, { kind, resource }: ResourceField): boolean {
  const stated = ownField(amountsOf(resources, kind), resource);
  if (stated !== undefined) return isPositive(stated);
  return kind === 'requests' && isPositive(ownField(resources?.limits, resource));
}

function isPositive(amount: unknown): boolean {
  const nanos = nanosOf(amount);
  return nanos !== undefined && nanos > 0n;
}

/** The path of a field of a container: `spec.containers[0].resources.limits.memory`. */
export function pathInContainer({ list, index }: ContainerRef, { kind, resource }: ResourceField): string {
  return pathOfTokens(['spec', list, String(index), 'resources', kind, resource]);
}

/** The path of a field of the pod as a whole. */
export function pathInPod({ kind, resource }: ResourceField): string {
  return pathOfTokens(['spec', 'resources', kind, resource]);
}
