// Every form of a class that a pod can be given, and which namespace and pod lead to it.
import type { JsonObject } from '../../../src/model/json.ts';
import type { Bundle } from '../../grants/shipped/shipped.ts';
import { type Tier, tierLabels } from './policies.ts';

export interface Form {
  /** The shipped class, where it is not the one of that name. */
  readonly bundle?: Bundle;
  readonly className: 'docker' | 'nsjail';
  readonly implementation: string;
  /** What leads to it. */
  readonly by: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the pod, beside its containers. */
  readonly spec: JsonObject;
}

const DOCKER = [
  'rootless',
  'rootless-tun-host-path',
  'privileged',
  'sysbox',
  'kata-qemu',
  'kata-qemu-emptydir',
  'kata-fc',
  'kata-fc-emptydir',
] as const satisfies readonly Tier[];

const NSJAIL_BY_POLICY = [
  ['bottlerocket-unconfined', 'nsjail-bottlerocket-unconfined'],
  ['bottlerocket-sys-admin', 'nsjail-bottlerocket-sys-admin'],
  ['no-user-namespace-sys-admin', 'nsjail-no-user-namespace-sys-admin'],
] as const satisfies readonly (readonly [string, Tier])[];

const CHOSEN = tierLabels('chosen');
const PROFILE = 'sandgate.dev/node-profile';

function nsjail(implementation: string, by: string, labels: Form['labels'], spec: JsonObject = {}): Form {
  return { className: 'nsjail', implementation, by, labels: { ...CHOSEN, ...labels }, spec };
}

function tolerating(value: string): JsonObject {
  return { tolerations: [{ key: PROFILE, operator: 'Equal', value, effect: 'NoSchedule' }] };
}

const AUTO = 'eks.amazonaws.com/compute-type';

/** All of them; each needs a namespace with its labels. */
export const FORMS: readonly Form[] = [
  ...DOCKER.map(
    (implementation): Form => ({
      className: 'docker',
      implementation,
      by: 'the policy',
      labels: tierLabels(implementation),
      spec: {},
    }),
  ),
  nsjail('amazon-linux', 'nothing else', {}),
  nsjail('bottlerocket', 'a label of the namespace', { [PROFILE]: 'bottlerocket' }),
  nsjail('bottlerocket', 'the nodes it selects', {}, { nodeSelector: { [PROFILE]: 'bottlerocket' } }),
  nsjail('bottlerocket', 'a taint it tolerates', {}, tolerating('bottlerocket')),
  nsjail('no-user-namespace', 'a label of the namespace', { [PROFILE]: 'no-user-namespace' }),
  nsjail('no-user-namespace', 'a taint it tolerates', {}, tolerating('no-user-namespace')),
  nsjail('no-user-namespace', 'the nodes it selects, of EKS Auto Mode', {}, { nodeSelector: { [AUTO]: 'auto' } }),
  nsjail(
    'no-user-namespace',
    'the nodes it has an affinity to, of EKS Auto Mode',
    {},
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: AUTO, operator: 'In', values: ['auto'] }] }],
          },
        },
      },
    },
  ),
  nsjail('sysbox', 'its RuntimeClass', {}, { runtimeClassName: 'sysbox-runc' }),
  ...NSJAIL_BY_POLICY.map(([implementation, tier]) => nsjail(implementation, 'the policy', tierLabels(tier))),
];
