/*
A container without limits takes what its node has, from everybody else there. The API server copies limits into requests that
are not stated, and a pod can have resources as a whole, which its containers share (KEP-2837).

**Restricted Fields:**
spec.containers[*].resources
spec.initContainers[*].resources
spec.resources

**Allowed Values:** more than zero, in each field that the policy asks for, of the container or of the pod
*/

import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { pluralize } from '../../model/text.ts';
import { append, containersIn, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { hasAmount, pathInContainer, statedAmount } from './amounts.ts';
import { type ResourceField, type ResourcesParameters, resourceField } from './parameters.ts';

/** A check that every container has the limits and requests that the policy asks for. */
export const requiredResources: RuleCheck<ResourcesParameters> = {
  id: 'requiredResources',
  title: 'Containers must have the limits and requests that the policy asks for.',
  fix: 'set these resources in the containers, or in spec.resources for the pod as a whole',
  platform: 'any',
  compile({ required = [] }) {
    if (required.length === 0) return undefined;
    const fields = required.map(resourceField);
    return (pod) => findMissing(pod, fields);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'limits, which are requests as well; ephemeral containers cannot have any',
        parameters: { required: ['limits.cpu', 'requests.cpu'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', resources: { limits: { cpu: '1' }, requests: { cpu: '500m' } } }],
            containers: [{ name: 'a', resources: { limits: { cpu: 1 } } }],
            ephemeralContainers: [{ name: 'e' }],
          },
        },
      },
      {
        name: 'resources of the pod as a whole',
        parameters: { required: ['limits.memory'] },
        pod: { spec: { resources: { limits: { memory: '1Gi' } }, containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'none, null, zero, and a value that is not a quantity',
        parameters: { required: ['limits.memory', 'limits.cpu'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', resources: null }],
            containers: [
              { name: 'a', resources: { limits: { cpu: '1', memory: null } } },
              { name: 'b', resources: { limits: { cpu: '0', memory: '1Gi' } } },
              { name: 'c', resources: { limits: { cpu: 'much', memory: '1Gi' } } },
            ],
          },
        },
        says: 'missing resources (containers "i", "a" have no limits.memory, containers "i", "b", "c" have no limits.cpu)',
        paths: [
          'spec.initContainers[0].resources.limits.memory',
          'spec.containers[0].resources.limits.memory',
          'spec.initContainers[0].resources.limits.cpu',
          'spec.containers[1].resources.limits.cpu',
          'spec.containers[2].resources.limits.cpu',
        ],
        values: [undefined, null, undefined, '0', 'much'],
      },
      {
        name: 'a request that is stated as zero beside a limit',
        parameters: { required: ['requests.cpu'] },
        pod: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: 1 }, requests: { cpu: 0 } } }] } },
        says: 'missing resources (container "a" has no requests.cpu)',
        paths: ['spec.containers[0].resources.requests.cpu'],
        values: [0],
      },
    ],
  },
};

function findMissing(
  { spec, containers }: PodView,
  fields: readonly ResourceField[],
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const field of fields) {
    if (hasAmount(spec.resources, field)) continue;
    const kind = `${field.kind}.${field.resource}`;
    for (const ref of containers) {
      const { resources } = ref.container;
      if (ref.list === 'ephemeralContainers' || hasAmount(resources, field)) continue;
      const value = statedAmount(resources, field);
      found = append(found, { path: pathInContainer(ref, field), container: ref.name, of: ref, value, kind });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const kinds = [...new Set(violations.map(({ kind = '' }) => kind))];
  const parts = kinds.map((kind) => {
    const names = containersIn(violations.filter((one) => one.kind === kind));
    return `${nameContainers(names)} ${pluralize('has', 'have', names.length)} no ${kind}`;
  });
  return { reason: 'missing resources', detail: parts.join(', ') };
}
