// Fills in requests and limits, as a LimitRange does; where there is one, it has filled them in already.
import type { Container, PodSpec } from '../../kubernetes/pod.ts';
import { nanosOf } from '../../kubernetes/quantity.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { FillIn, FillNotes } from '../fill-in.ts';
import { withContainers } from '../write.ts';
import { hasAmount, statedAmount } from './amounts.ts';
import type { ResourcesParameters } from './parameters.ts';

type Amounts = Readonly<Record<string, string | number>>;

/**
 * Sets each request and limit that a container does not state. A resource that the pod has as a whole is left alone: the
 * containers share it. So is a limit below what the container requests, which the API server would refuse.
 */
export const defaultResources: FillIn<ResourcesParameters> = {
  id: 'defaultResources',
  title: "Fills in the policy's requests and limits.",
  sets: [
    'spec.initContainers[*].resources.requests',
    'spec.initContainers[*].resources.limits',
    'spec.containers[*].resources.requests',
    'spec.containers[*].resources.limits',
  ],
  satisfies: [],
  platform: 'any',
  compile({ defaults: { requests = {}, limits = {} } = {} }) {
    const names = { requests: Object.keys(requests), limits: Object.keys(limits) };
    if (names.requests.length + names.limits.length === 0) return undefined;
    return (template, scope, notes) =>
      withContainers(template, scope, (container, list) => {
        // The API server refuses resources there.
        if (list === 'ephemeralContainers' || statesAll(container, names)) return undefined;
        const { resources } = container;
        const missing = {
          requests: missingRequests(container, template.spec, requests),
          limits: missingLimits(container, template.spec, limits, notes),
        };
        const fields = Object.fromEntries(
          (['requests', 'limits'] as const).flatMap((kind) =>
            missing[kind] ? [[kind, { ...resources?.[kind], ...missing[kind] }]] : [],
          ),
        );
        return Object.keys(fields).length === 0 ? undefined : { resources: { ...resources, ...fields } };
      });
  },
  examples: [
    {
      name: 'each that a container does not state; ephemeral containers cannot have any',
      parameters: { defaults: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } } },
      before: {
        spec: {
          initContainers: [{ name: 'i', resources: null }],
          containers: [{ name: 'a', resources: { requests: { cpu: '1' }, claims: [] } }],
          ephemeralContainers: [{ name: 'e' }],
        },
      },
      after: {
        spec: {
          initContainers: [
            { name: 'i', resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } } },
          ],
          containers: [
            {
              name: 'a',
              resources: { requests: { cpu: '1', memory: '128Mi' }, claims: [], limits: { memory: '1Gi' } },
            },
          ],
          ephemeralContainers: [{ name: 'e' }],
        },
      },
    },
    {
      name: 'every resource that a policy can have a default for',
      parameters: {
        defaults: {
          requests: { cpu: 1, memory: 1, 'ephemeral-storage': 1 },
          limits: { cpu: 2, memory: 2, 'ephemeral-storage': 2 },
        },
      },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: {
        spec: {
          containers: [
            {
              name: 'a',
              resources: {
                requests: { cpu: 1, memory: 1, 'ephemeral-storage': 1 },
                limits: { cpu: 2, memory: 2, 'ephemeral-storage': 2 },
              },
            },
          ],
        },
      },
    },
    {
      name: 'no request beside a limit, which is one as well',
      parameters: { defaults: { requests: { cpu: '100m' } } },
      before: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: '50m' } } }] } },
    },
    {
      name: 'no limit below the request',
      parameters: { defaults: { limits: { cpu: 1 } } },
      before: { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '2' } } }] } },
      skips: ['request-above-limit'],
    },
    {
      name: 'nothing of what the pod has as a whole',
      parameters: { defaults: { limits: { cpu: 1, memory: '1Gi' }, requests: { cpu: '100m' } } },
      before: { spec: { resources: { limits: { cpu: '4' } }, containers: [{ name: 'a' }] } },
      after: {
        spec: {
          resources: { limits: { cpu: '4' } },
          containers: [{ name: 'a', resources: { limits: { memory: '1Gi' } } }],
        },
      },
    },
    {
      name: 'null is not stated, and zero is kept, to be judged',
      parameters: { defaults: { limits: { cpu: 1, memory: '1Gi' } } },
      before: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: null, memory: '0' } } }] } },
      after: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: 1, memory: '0' } } }] } },
    },
  ],
};

/** True where a container states each of these itself, as it does once they are filled in. */
function statesAll(
  container: Container,
  { requests, limits }: { readonly requests: readonly string[]; readonly limits: readonly string[] },
): boolean {
  for (const resource of limits) if (!hasLimit(container, resource)) return false;
  for (const resource of requests) if (!hasRequest(container, resource) && !hasLimit(container, resource)) return false;
  return true;
}

function missingRequests(container: Container, spec: PodSpec | null | undefined, wanted: Amounts): Amounts | undefined {
  return chosen(wanted, (resource) => {
    if (isOfPod(spec, resource)) return false;
    return !hasRequest(container, resource) && !hasLimit(container, resource);
  });
}

function missingLimits(
  container: Container,
  spec: PodSpec | null | undefined,
  wanted: Amounts,
  notes: FillNotes,
): Amounts | undefined {
  return chosen(wanted, (resource, amount) => {
    if (isOfPod(spec, resource) || hasLimit(container, resource)) return false;
    const request = nanosOf(statedAmount(container.resources, { kind: 'requests', resource }));
    if (request === undefined || request <= (nanosOf(amount) ?? 0n)) return true;
    const name = JSON.stringify(container.name ?? '');
    notes.skip('request-above-limit', `container ${name} requests more ${resource} than the default limit, ${amount}`);
    return false;
  });
}

/** The schema has three names of resources here, and none of them is one that every object inherits. */
function hasRequest({ resources }: Container, resource: string): boolean {
  return isGiven(resources?.requests?.[resource]);
}

function hasLimit({ resources }: Container, resource: string): boolean {
  return isGiven(resources?.limits?.[resource]);
}

function isOfPod(spec: PodSpec | null | undefined, resource: string): boolean {
  const kinds = ['requests', 'limits'] as const;
  return kinds.some((kind) => hasAmount(spec?.resources, { kind, resource }));
}

function chosen(
  amounts: Amounts,
  isMissing: (resource: string, amount: string | number) => boolean,
): Amounts | undefined {
  const missing = Object.entries(amounts).filter(([resource, amount]) => isMissing(resource, amount));
  return missing.length === 0 ? undefined : Object.fromEntries(missing);
}
