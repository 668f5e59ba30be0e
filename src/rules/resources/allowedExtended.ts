/*
Devices are handed out by name, as resources that a device plugin offers: whoever may name one gets it, with what the plugin mounts
along with it.

**Restricted Fields:**
spec.containers[*].resources.limits[*], requests[*]
spec.initContainers[*].resources.limits[*], requests[*]
spec.ephemeralContainers[*].resources.limits[*], requests[*]
spec.resources.limits[*], requests[*]

**Allowed Values:** cpu, memory, ephemeral-storage and hugepages-*; other resources that the policy allows; undefined/null/0
*/

import { pathOfTokens } from '../../kubernetes/field-path.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import { quoteVisible } from '../../model/text.ts';
import { append, containersIn, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { type NameList, nameList } from '../name-list.ts';
import { asksFor } from './amounts.ts';
import type { ResourcesParameters } from './parameters.ts';

/** What every node has, and no device plugin can offer. Any other name is a device's, whatever its domain. */
const OF_NODES: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];

/** A check that containers ask for no devices but those that the policy allows. */
export const allowedExtended: RuleCheck<ResourcesParameters> = {
  id: 'allowedExtended',
  title: 'Containers must ask for no extended resources but allowed ones.',
  fix: 'take these resources out, or ask for one that the policy allows',
  platform: 'any',
  compile({ allowedExtended: allowed }) {
    if (allowed === undefined) return undefined;
    const may = nameList(allowed);
    return ({ spec, containers }) => {
      let found: Violation[] | undefined;
      for (const ref of containers) {
        if (asksForNodesOwn(ref.container.resources)) continue;
        for (const [tokens, resource, value] of devicesIn(ref.container.resources, may)) {
          const path = pathOfTokens(['spec', ref.list, String(ref.index), 'resources', ...tokens]);
          const of = { container: ref.name, of: ref };
          found = append(found, { path, ...of, value, kind: resource, allowed: may.inWords });
        }
      }
      if (asksForNodesOwn(spec.resources)) return found;
      for (const [tokens, resource, value] of devicesIn(spec.resources, may)) {
        const path = pathOfTokens(['spec', 'resources', ...tokens]);
        found = append(found, { path, value, kind: resource, allowed: may.inWords });
      }
      return found;
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a device that is allowed, what every node has, and none of another device',
        parameters: { allowedExtended: ['nvidia.com/*'] },
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                resources: {
                  limits: { cpu: 1, memory: '1Gi', 'nvidia.com/gpu': 1, 'hugepages-2Mi': '4Mi', 'amd.com/gpu': '0' },
                },
              },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'another device, once for limit and request',
        parameters: { allowedExtended: ['nvidia.com/gpu'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', resources: { requests: { 'example.com/fuse': '1' } } }],
            containers: [
              { name: 'a', resources: { limits: { 'example.com/fuse': 1 }, requests: { 'example.com/fuse': 1 } } },
            ],
          },
        },
        says: 'extended resource (containers "i", "a" ask for "example.com/fuse", allowed: "nvidia.com/gpu")',
        paths: [
          'spec.initContainers[0].resources.requests[example.com/fuse]',
          'spec.containers[0].resources.limits[example.com/fuse]',
        ],
        values: ['1', 1],
      },
      {
        name: 'names that look like those of Kubernetes',
        parameters: { allowedExtended: [] },
        pod: {
          spec: {
            resources: { limits: { 'kubernetes.io/batch-cpu': 1 } },
            containers: [{ name: 'a', resources: { limits: { CPU: 1, 'deviceclass.resource.kubernetes.io/gpu': 1 } } }],
          },
        },
        says: 'extended resource (pod and container "a" ask for "CPU", "deviceclass.resource.kubernetes.io/gpu", "kubernetes.io/batch-cpu", allowed: none)',
        paths: [
          'spec.containers[0].resources.limits.CPU',
          'spec.containers[0].resources.limits[deviceclass.resource.kubernetes.io/gpu]',
          'spec.resources.limits[kubernetes.io/batch-cpu]',
        ],
        values: [1, 1, 1],
      },
    ],
  },
};

/** Every resource that is not allowed: where it stands, its name and the amount. The API server copies limits to requests. */
type Resources = { readonly limits?: object | null; readonly requests?: object | null } | null | undefined;

/** True of nearly every container: it names nothing but what every node has. */
function asksForNodesOwn(resources: Resources): boolean {
  if (!resources) return true;
  for (const resource in resources.limits) if (!OF_NODES.includes(resource)) return false;
  for (const resource in resources.requests) if (!OF_NODES.includes(resource)) return false;
  return true;
}

function* devicesIn(
  resources: Resources,
  may: NameList,
): Generator<readonly [readonly [string, string], string, unknown]> {
  for (const kind of ['limits', 'requests'] as const) {
    for (const [resource, amount] of Object.entries(resources?.[kind] ?? {})) {
      if (OF_NODES.includes(resource) || resource.startsWith('hugepages-') || may.includes(resource)) continue;
      if (!asksFor(amount)) continue;
      if (kind === 'requests' && asksFor(ownField(resources?.limits, resource))) continue;
      yield [[kind, resource], resource, amount];
    }
  }
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const ofPod = violations.some(({ container }) => container === undefined);
  const who = [...(ofPod ? ['pod'] : []), ...(names.length > 0 ? [nameContainers(names)] : [])].join(' and ');
  const ask = names.length + (ofPod ? 1 : 0) === 1 ? 'asks' : 'ask';
  const what = [...new Set(violations.map(({ kind = '' }) => kind))].map(quoteVisible).join(', ');
  return { reason: 'extended resource', detail: `${who} ${ask} for ${what}, allowed: ${violations[0]?.allowed ?? ''}` };
}
