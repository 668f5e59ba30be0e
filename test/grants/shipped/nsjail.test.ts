// Which nodes lead to which grant of nsjail, and what becomes of the container that is granted it.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { containerOf, filled, gateGranting, podAsking, refusals, restrictedPolicy, shippedGate } from './shipped.ts';

const PROFILE = 'sandgate.dev/node-profile';
const COMPUTE = 'eks.amazonaws.com/compute-type';
const NAMESPACES = {
  'on-fargate': { [PROFILE]: 'fargate' },
  'on-bottlerocket': { [PROFILE]: 'bottlerocket' },
  'on-auto-mode': { [PROFILE]: 'no-user-namespace' },
  'on-something-else': { [PROFILE]: 'talos' },
};
const GATE = shippedGate(['nsjail'], [restrictedPolicy('agents', '[{ name: nsjail }]')], NAMESPACES);

const ESCALATION = { allowPrivilegeEscalation: true };
const NET_ADMIN = { ...ESCALATION, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } };
const UNCONFINED = { seccompProfile: { type: 'Unconfined' } };
/** Where nothing is said of the node. */
const GRANTED = { ...NET_ADMIN, ...UNCONFINED };
const BOUNDARY = { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/boundary.json' } };

function affinity(operator: string, ...values: string[]): JsonObject {
  const nodeSelectorTerms = [{ matchFields: [] }, { matchExpressions: [{ key: COMPUTE, operator, values }] }];
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

function tolerating(value: string): JsonObject {
  return { tolerations: [{ operator: 'Exists' }, { key: PROFILE, operator: 'Equal', value, effect: 'NoSchedule' }] };
}

const FARGATE = 'fargate';
const CASES: readonly [string, JsonObject, string, string][] = [
  // Nothing to go by, or nothing that is known: the least of all.
  ['nothing is said', {}, 'agents', 'amazon-linux'],
  ['a managed node group', { nodeSelector: { 'eks.amazonaws.com/nodegroup': 'ng-1' } }, 'agents', 'amazon-linux'],
  ['a Karpenter node pool', { nodeSelector: { 'karpenter.sh/nodepool': 'default' } }, 'agents', 'amazon-linux'],
  ['a profile nobody knows, of the namespace', {}, 'on-something-else', 'amazon-linux'],
  ['a profile nobody knows, of the pod', { nodeSelector: { [PROFILE]: 'talos' } }, 'agents', 'amazon-linux'],
  ['a profile in other letters', { nodeSelector: { [PROFILE]: 'Bottlerocket' } }, 'agents', 'amazon-linux'],
  [
    "a Kata machine, whose capabilities are the guest kernel's",
    { runtimeClassName: 'kata-qemu' },
    'agents',
    'amazon-linux',
  ],
  ['EC2 by its compute type', { nodeSelector: { [COMPUTE]: 'ec2' } }, 'agents', 'amazon-linux'],
  ['a toleration of everything', { tolerations: [{ operator: 'Exists' }] }, 'agents', 'amazon-linux'],
  ['not on Fargate', affinity('NotIn', 'fargate'), 'agents', 'amazon-linux'],
  // Bottlerocket.
  ['the namespace is on Bottlerocket', {}, 'on-bottlerocket', 'bottlerocket'],
  ['the pod selects Bottlerocket', { nodeSelector: { [PROFILE]: 'bottlerocket' } }, 'agents', 'bottlerocket'],
  ['the pod tolerates Bottlerocket', tolerating('bottlerocket'), 'agents', 'bottlerocket'],
  // Nodes without user namespaces.
  ['EKS Auto Mode', { nodeSelector: { [COMPUTE]: 'auto' } }, 'agents', 'no-user-namespace'],
  ['EKS Auto Mode by affinity', affinity('In', 'auto'), 'agents', 'no-user-namespace'],
  ['the namespace has no user namespaces', {}, 'on-auto-mode', 'no-user-namespace'],
  ['the pod selects such nodes', { nodeSelector: { [PROFILE]: 'no-user-namespace' } }, 'agents', 'no-user-namespace'],
  ['the pod tolerates such nodes', tolerating('no-user-namespace'), 'agents', 'no-user-namespace'],
  // Sysbox.
  ['Sysbox', { runtimeClassName: 'sysbox-runc' }, 'agents', 'sysbox'],
  ['Sysbox on Bottlerocket', { runtimeClassName: 'sysbox-runc' }, 'on-bottlerocket', 'sysbox'],
  // Fargate.
  ['the Fargate scheduler', { schedulerName: 'fargate-scheduler' }, 'agents', FARGATE],
  ['Fargate by its compute type', { nodeSelector: { [COMPUTE]: 'fargate' } }, 'agents', FARGATE],
  ['Fargate by affinity', affinity('In', 'ec2', 'fargate'), 'agents', FARGATE],
  ['the namespace is on Fargate', {}, 'on-fargate', FARGATE],
  [
    'Fargate, and Sysbox asked for',
    { schedulerName: 'fargate-scheduler', runtimeClassName: 'sysbox-runc' },
    'agents',
    FARGATE,
  ],
];

const GRANTS: Readonly<Record<string, { readonly securityContext: JsonObject; readonly env?: readonly JsonObject[] }>> =
  {
    'amazon-linux': { securityContext: GRANTED },
    sysbox: { securityContext: NET_ADMIN },
    bottlerocket: { securityContext: { ...NET_ADMIN, ...BOUNDARY } },
    'no-user-namespace': {
      securityContext: NET_ADMIN,
      env: [{ name: 'BOUNDARY_NO_USER_NAMESPACE', value: 'true' }],
    },
  };

describe('nsjail by node profile', () => {
  test.each(CASES)('the profile of nsjail is chosen for: %s', (_, spec, namespace, profile) => {
    const pod = podAsking('nsjail', spec);
    const found = refusals(pod, GATE, namespace);
    const { securityContext, env } = containerOf(filled(pod, GATE, namespace), 'app');
    if (profile === FARGATE) {
      expect(found).toContain('capability_not_available: nsjail (class "nsjail" is not available here (fargate))');
      expect({ securityContext, env }).toEqual({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        env: undefined,
      });
      return;
    }
    expect(found).toEqual([]);
    expect({ securityContext, env }).toEqual({ env: undefined, ...GRANTS[profile] });
  });

  test('a pod that EKS has given a Fargate profile', () => {
    const labelled = podAsking('nsjail', {}, { labels: { 'eks.amazonaws.com/fargate-profile': 'fp-default' } });
    expect(refusals(labelled, GATE)).toContain(
      'capability_not_available: nsjail (class "nsjail" is not available here (fargate))',
    );
  });

  test.each(['amazon-linux', 'bottlerocket-sys-admin'])('Fargate has none, also where a policy names %s', (named) => {
    const pod = podAsking('nsjail', { schedulerName: 'fargate-scheduler' });
    expect(refusals(pod, gateGranting('nsjail', named))).toContain(
      'capability_not_available: nsjail (class "nsjail" is not available here (fargate))',
    );
  });

  test('what a tenant writes leads to no capability but NET_ADMIN', () => {
    const words = [
      'bottlerocket',
      'no-user-namespace',
      'bottlerocket-sys-admin',
      'no-user-namespace-sys-admin',
      'unconfined',
    ];
    for (const word of words) {
      const pod = podAsking(
        'nsjail',
        { nodeSelector: { [PROFILE]: word }, ...tolerating(word) },
        { labels: { [PROFILE]: word } },
      );
      expect(JSON.stringify(filled(pod, GATE))).not.toMatch(/SYS_ADMIN/);
    }
  });
});

const NAMED: readonly [string, JsonObject][] = [
  ['amazon-linux', GRANTED],
  ['sysbox', NET_ADMIN],
  ['no-user-namespace', NET_ADMIN],
  ['bottlerocket', { ...NET_ADMIN, ...BOUNDARY }],
  ['bottlerocket-unconfined', GRANTED],
  ['bottlerocket-sys-admin', { ...ESCALATION, capabilities: { add: ['NET_ADMIN', 'SYS_ADMIN'], drop: ['ALL'] } }],
  ['no-user-namespace-sys-admin', { ...ESCALATION, capabilities: { add: ['NET_ADMIN', 'SYS_ADMIN'], drop: ['ALL'] } }],
];

describe('a policy that names it, and hardens to the Restricted level', () => {
  test.each(NAMED)('%s: the container keeps exactly what was granted', (implementation, securityContext) => {
    const gate = gateGranting('nsjail', implementation);
    const pod = filled(podAsking('nsjail'), gate);
    expect(containerOf(pod, 'app').securityContext).toEqual(securityContext);
    expect(pod.spec).toMatchObject({
      securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(refusals(podAsking('nsjail'), gate)).toEqual([]);
  });

  test.each(NAMED)('%s: the other containers are hardened as ever', (implementation) => {
    const gate = gateGranting('nsjail', implementation);
    const containers = [
      { name: 'app', image: 'a:1' },
      { name: 'proxy', image: 'b:1' },
    ];
    const pod = filled(podAsking('nsjail', { containers, initContainers: [{ name: 'setup', image: 'c:1' }] }), gate);
    const hardened = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    expect(containerOf(pod, 'proxy').securityContext).toEqual(hardened);
    expect(containerOf(pod, 'setup').securityContext).toEqual(hardened);
  });
});

test('at the Baseline level nothing is dropped, so that sudo works, and nothing else is added', () => {
  const policy = restrictedPolicy('p', '[{ name: nsjail }]')
    .replace('level: restricted', 'level: baseline')
    .replace('harden: restricted', 'harden: [seccompProfile]');
  const gate = shippedGate(['nsjail'], [policy]);
  expect(containerOf(filled(podAsking('nsjail'), gate), 'app').securityContext).toEqual({
    allowPrivilegeEscalation: true,
    capabilities: { add: ['NET_ADMIN'] },
    ...UNCONFINED,
  });
  expect(refusals(podAsking('nsjail'), gate)).toEqual([]);
});

const APP = { name: 'app', image: 'ghcr.io/acme/agent:1.4.2' };
const RESTRICTED = 'unrestricted capabilities (container "app" must not include ';

describe('what a workload says of its own container', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['drop ALL', { capabilities: { drop: ['ALL'] } }, GRANTED],
    ['the same again', GRANTED, GRANTED],
    ['a user', { runAsUser: 1001, runAsNonRoot: true }, { ...GRANTED, runAsUser: 1001, runAsNonRoot: true }],
    ['a read-only file system', { readOnlyRootFilesystem: true }, { ...GRANTED, readOnlyRootFilesystem: true }],
    [
      'what the level allows anyway',
      { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } },
      { ...GRANTED, capabilities: { add: ['NET_BIND_SERVICE', 'NET_ADMIN'], drop: ['ALL'] } },
    ],
  ])('%s is kept, and goes with it', (_, own, securityContext) => {
    const pod = podAsking('nsjail', { containers: [{ ...APP, securityContext: own }] });
    expect(containerOf(filled(pod, GATE), 'app').securityContext).toEqual(securityContext);
    expect(refusals(pod, GATE)).toEqual([]);
  });

  test.each<[string, JsonObject, string]>([
    [
      'no privilege escalation, without which file capabilities do not count',
      { allowPrivilegeEscalation: false },
      'capability_field_conflict: spec.containers[0].securityContext.allowPrivilegeEscalation (it is false, class "nsjail" has true)',
    ],
    [
      'SYS_ADMIN beside it',
      { capabilities: { add: ['SYS_ADMIN'] } },
      `${RESTRICTED}"SYS_ADMIN" in securityContext.capabilities.add)`,
    ],
    [
      'the long spelling',
      { capabilities: { add: ['CAP_NET_ADMIN'] } },
      `${RESTRICTED}"CAP_NET_ADMIN" in securityContext.capabilities.add)`,
    ],
    [
      'small letters',
      { capabilities: { add: ['net_admin'] } },
      `${RESTRICTED}"net_admin" in securityContext.capabilities.add)`,
    ],
    [
      'privileged',
      { privileged: true, allowPrivilegeEscalation: true },
      'privileged (container "app" must not set securityContext.privileged=true)',
    ],
  ])('%s is refused', (_, securityContext, refusal) => {
    expect(refusals(podAsking('nsjail', { containers: [{ ...APP, securityContext }] }), GATE)).toContain(refusal);
  });

  test('a seccomp profile of its own stands in the way of the one the nodes need', () => {
    const securityContext = { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/mine.json' } };
    expect(
      refusals(podAsking('nsjail', { containers: [{ ...APP, securityContext }] }), GATE, 'on-bottlerocket'),
    ).toContain(
      'capability_field_conflict: spec.containers[0].securityContext.seccompProfile.localhostProfile ' +
        '(it is "profiles/mine.json", class "nsjail" has "profiles/boundary.json")',
    );
  });

  test('NET_ADMIN that nobody asked the class for', () => {
    const securityContext = { capabilities: { add: ['NET_ADMIN'] } };
    expect(refusals(podAsking('', { containers: [{ ...APP, securityContext }] }), GATE)).toContain(
      `${RESTRICTED}"NET_ADMIN" in securityContext.capabilities.add)`,
    );
  });

  test('NET_ADMIN in a second container', () => {
    const second = { name: 'second', image: 'b:1', securityContext: { capabilities: { add: ['NET_ADMIN'] } } };
    expect(refusals(podAsking('nsjail', { containers: [APP, second] }), GATE)).toContain(
      'unrestricted capabilities (container "second" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    );
  });
});
