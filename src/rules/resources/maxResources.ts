/*
What a container may take of its node, and reserve there, is bounded by its limits and requests. One without a limit has none: for
cpu, memory and ephemeral storage, "absent" is more than any number.

**Restricted Fields:**
spec.containers[*].resources
spec.initContainers[*].resources
spec.ephemeralContainers[*].resources
spec.resources

**Allowed Values:** at most what the policy says; undefined/null/0 for limits of other resources, for requests, and for limits of a
pod that has one as a whole
*/

import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import { nanosOf } from '../../kubernetes/quantity.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import { append, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { asksFor, hasAmount, pathInContainer, pathInPod, statedAmount } from './amounts.ts';
import { type ResourceField, type ResourcesParameters, resourceField } from './parameters.ts';

/** What a container without a limit takes as much of as there is. Of anything else it has nothing. */
const UNLIMITED: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];

interface Maximum extends ResourceField {
  readonly most: bigint;
  /** The most that the limit of the same resource may be, where the policy says. */
  readonly mostAsLimit: bigint | undefined;
  /** As the policy has it. */
  readonly inWords: string;
}

/** A check that no container, and no pod as a whole, has more than the policy allows. */
export const maxResources: RuleCheck<ResourcesParameters> = {
  id: 'maxResources',
  title: 'Containers must not have more of a resource than the policy allows.',
  fix: 'lower these resources to what the policy allows, or set limits where there are none',
  platform: 'any',
  compile({ max = {} }) {
    const maxima = Object.entries(max).map(
      ([text, amount]): Maximum => ({
        ...resourceField(text),
        most: nanosOf(amount) ?? 0n,
        mostAsLimit: nanosOf(max[`limits.${resourceField(text).resource}`]),
        inWords: String(amount),
      }),
    );
    return maxima.length === 0 ? undefined : (pod) => findMore(pod, maxima);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'as much as is allowed, however it is written',
        parameters: { max: { 'limits.memory': '8Gi', 'requests.cpu': 2 } },
        pod: {
          spec: {
            containers: [{ name: 'a', resources: { limits: { memory: '8192Mi' }, requests: { cpu: '2000m' } } }],
            ephemeralContainers: [{ name: 'e' }],
          },
        },
      },
      {
        name: 'a limit of the pod as a whole',
        parameters: { max: { 'limits.memory': '8Gi' } },
        pod: { spec: { resources: { limits: { memory: '4Gi' } }, containers: [{ name: 'a' }] } },
      },
      {
        name: 'no device at all',
        parameters: { max: { 'limits.nvidia.com/gpu': 1 } },
        pod: { spec: { containers: [{ name: 'a' }, { name: 'b', resources: { limits: { 'nvidia.com/gpu': '1' } } }] } },
      },
    ],
    fail: [
      {
        name: 'more, and none, which is more',
        parameters: { max: { 'limits.memory': '8Gi' } },
        pod: {
          spec: {
            initContainers: [{ name: 'i', resources: { limits: { memory: '0' } } }],
            containers: [{ name: 'a', resources: { limits: { memory: '16Gi' } } }, { name: 'b' }],
            ephemeralContainers: [{ name: 'e', resources: { limits: { memory: 'x' } } }],
          },
        },
        says: 'too many resources (container "i" has no limits.memory, container "a" has limits.memory "16Gi", container "b" has no limits.memory, container "e" has limits.memory "x", allowed: 8Gi)',
        paths: [
          'spec.initContainers[0].resources.limits.memory',
          'spec.containers[0].resources.limits.memory',
          'spec.containers[1].resources.limits.memory',
          'spec.ephemeralContainers[0].resources.limits.memory',
        ],
        values: ['0', '16Gi', undefined, 'x'],
      },
      {
        name: 'a request that the API server copies from the limit, and a device too many',
        parameters: { max: { 'requests.cpu': 2, 'limits.nvidia.com/gpu': 1 } },
        pod: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: '4', 'nvidia.com/gpu': 2 } } }] } },
        says: 'too many resources (container "a" has requests.cpu "4", allowed: 2, container "a" has limits.nvidia.com/gpu "2", allowed: 1)',
        paths: ['spec.containers[0].resources.limits.cpu', 'spec.containers[0].resources.limits[nvidia.com/gpu]'],
        values: ['4', 2],
      },
      {
        name: 'the pod as a whole',
        parameters: { max: { 'limits.memory': '8Gi' } },
        pod: {
          spec: {
            resources: { limits: { memory: '64Gi' } },
            containers: [{ name: 'a' }, { name: 'b', resources: { limits: { memory: '1Gi' } } }],
          },
        },
        says: 'too many resources (pod has limits.memory "64Gi", allowed: 8Gi)',
        paths: ['spec.resources.limits.memory'],
        values: ['64Gi'],
      },
    ],
  },
};

function findMore(pod: PodView, maxima: readonly Maximum[]): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const { resources } = pod.spec;
  for (const maximum of maxima) {
    const stated = statedAmount(resources, maximum);
    if (isMore(stated, maximum.most)) found = append(found, violation(pathInPod(maximum), stated, maximum));
    const shares = hasAmount(resources, maximum);
    for (const ref of pod.containers) {
      if (isWithin(ref.container.resources, maximum)) continue;
      const field = tooMuch(ref.container.resources, maximum) ?? (shares ? undefined : unlimited(ref, maximum));
      if (!field) continue;
      const value = statedAmount(ref.container.resources, field);
      found = append(found, {
        ...violation(pathInContainer(ref, field), value, maximum),
        container: ref.name,
        of: ref,
      });
    }
  }
  return found;
}

/** True where the field states an amount that is allowed, as it does in nearly every container: there is nothing else to ask then. */
function isWithin(resources: ContainerRef['container']['resources'], maximum: Maximum): boolean {
  const nanos = nanosOf(statedAmount(resources, maximum));
  return nanos !== undefined && nanos > 0n && nanos <= maximum.most;
}

/** The field in which a container has more than allowed; a request that is not stated is the limit. */
function tooMuch(resources: ContainerRef['container']['resources'], maximum: Maximum): ResourceField | undefined {
  const { kind, resource, most, mostAsLimit } = maximum;
  const stated = statedAmount(resources, maximum);
  if (stated !== undefined || kind === 'limits') return isMore(stated, most) ? maximum : undefined;
  const field: ResourceField = { kind: 'limits', resource };
  const limit = statedAmount(resources, field);
  // A limit that is too high is said to be so already.
  if (mostAsLimit !== undefined && isMore(limit, mostAsLimit)) return undefined;
  return isMore(limit, most) ? field : undefined;
}

/** How much a value is that is not a quantity cannot be known. */
function isMore(amount: unknown, most: bigint): boolean {
  return asksFor(amount) && (nanosOf(amount) ?? most + 1n) > most;
}

/** The field, where a container takes as much as there is. Ephemeral containers cannot have limits. */
function unlimited({ list, container }: ContainerRef, field: Maximum): ResourceField | undefined {
  if (list === 'ephemeralContainers' || field.kind === 'requests' || !UNLIMITED.includes(field.resource))
    return undefined;
  return hasAmount(container.resources, field) ? undefined : field;
}

function violation(path: string, value: unknown, { kind, resource, inWords }: Maximum): Violation {
  return { path, value, kind: `${kind}.${resource}`, allowed: inWords };
}

function describe(violations: readonly Violation[]): Sentence {
  const parts = violations.flatMap(({ container, kind = '', value, allowed = '' }, index) => {
    const who = container === undefined ? 'pod' : `container ${JSON.stringify(container)}`;
    const has = asksFor(value) ? `${who} has ${kind} ${quoteVisible(textOf(value))}` : `${who} has no ${kind}`;
    const next = violations[index + 1];
    return next?.kind === kind && next.allowed === allowed ? [has] : [has, `allowed: ${allowed}`];
  });
  return { reason: 'too many resources', detail: parts.join(', ') };
}
