/*
A ResourceClaim gives a pod a device of the node (dynamic resource allocation, KEP-4381). What the driver prepares for it, mounts and
device nodes among them, is seen in no field of the pod.

**Restricted Fields:**
spec.resourceClaims[*]
spec.containers[*].resources.claims[*]
spec.initContainers[*].resources.claims[*]
spec.ephemeralContainers[*].resources.claims[*]
spec.resources.claims[*]

**Allowed Values:** undefined/null/empty
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { ResourcesParameters } from './parameters.ts';

/** A check that pods claim no devices. */
export const resourceClaims: RuleCheck<ResourcesParameters> = {
  id: 'resourceClaims',
  title: 'Pods must claim no devices.',
  fix: 'remove spec.resourceClaims and resources.claims',
  platform: 'any',
  compile({ claims: mode }) {
    if (mode === undefined) return undefined;
    return ({ spec, containers }) => {
      let found: Violation[] | undefined;
      for (const [index, claim] of (spec.resourceClaims ?? []).entries()) {
        found = append(found, { path: `spec.resourceClaims[${index}]`, value: claim, kind: claim.name ?? '' });
      }
      for (const [index, claim] of (spec.resources?.claims ?? []).entries()) {
        found = append(found, { path: `spec.resources.claims[${index}]`, value: claim, kind: claim.name ?? '' });
      }
      for (const ref of containers) {
        for (const [index, claim] of (ref.container.resources?.claims ?? []).entries()) {
          const kind = claim.name ?? '';
          found = append(found, { ...inContainer(ref, `resources.claims[${index}]`, claim), kind });
        }
      }
      return found;
    };
  },
  action: ({ claims: mode }) => mode,
  describe,
  examples: {
    pass: [
      {
        name: 'a pod that claims none',
        parameters: { claims: 'Deny' },
        pod: { spec: { resourceClaims: [], containers: [{ name: 'a', resources: { claims: null } }] } },
      },
    ],
    fail: [
      {
        name: 'a claim, and the container that uses it',
        parameters: { claims: 'Warn' },
        pod: {
          spec: {
            resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'one' }],
            containers: [{ name: 'a', resources: { claims: [{ name: 'gpu' }] } }],
          },
        },
        says: 'resource claim (pod and container "a" have claims "gpu")',
        paths: ['spec.resourceClaims[0]', 'spec.containers[0].resources.claims[0]'],
        values: [{ name: 'gpu', resourceClaimTemplateName: 'one' }, { name: 'gpu' }],
      },
      {
        name: 'a claim that no container uses',
        parameters: { claims: 'Deny' },
        pod: { spec: { resourceClaims: [{ name: 'nic', resourceClaimName: 'shared' }], containers: [{ name: 'a' }] } },
        says: 'resource claim (pod has claims "nic")',
        paths: ['spec.resourceClaims[0]'],
        values: [{ name: 'nic', resourceClaimName: 'shared' }],
      },
      {
        name: 'of the pod as a whole, and of every other list of containers',
        parameters: { claims: 'Deny' },
        pod: {
          spec: {
            resources: { claims: [{ name: 'a' }] },
            initContainers: [{ name: 'i', resources: { claims: [{ name: 'b' }] } }],
            ephemeralContainers: [{ name: 'e', resources: { claims: [{ name: 'c' }] } }],
          },
        },
        says: 'resource claim (pod and containers "i", "e" have claims "a", "b", "c")',
        paths: [
          'spec.resources.claims[0]',
          'spec.initContainers[0].resources.claims[0]',
          'spec.ephemeralContainers[0].resources.claims[0]',
        ],
        values: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      },
    ],
  },
};

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const ofPod = violations.some(({ container }) => container === undefined);
  const who = [...(ofPod ? ['pod'] : []), ...(names.length > 0 ? [nameContainers(names)] : [])].join(' and ');
  const have = names.length + (ofPod ? 1 : 0) === 1 ? 'has' : 'have';
  const claims = [...new Set(violations.map(({ kind = '' }) => kind))].map(quoteVisible).join(', ');
  return { reason: 'resource claim', detail: `${who} ${have} claims ${claims}` };
}
