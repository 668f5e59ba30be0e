// Filling in must not make a pod that the API server or a node would then refuse, whatever it was asked to fill in.
// The rules are those of Kubernetes' own pod validation, and of kubelets and CRI runtimes when a container starts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../../src/engine/gate.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { viewOf } from '../../../src/kubernetes/containers.ts';
import type { Container, PodSecurityContext, PodTemplate, SecurityContext } from '../../../src/kubernetes/pod.ts';
import { isPodTemplate } from '../../../src/kubernetes/pod-shape.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';
import { podTemplate } from '../../support/pods.ts';
import { randomCases } from '../../support/random-cases.ts';

/** Fields that the API server refuses on a pod whose os is windows, in either security context. */
const LINUX_ONLY = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'fsGroupChangePolicy',
  'supplementalGroups',
  'sysctls',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
] as const;

/** What the API server would complain of, of all that an injection could bring about. */
function complaints(template: PodTemplate): string[] {
  const { spec, containers } = viewOf(template);
  const windows = spec.os?.name === 'windows';
  const said: string[] = [];
  if (spec.runtimeClassName === '') said.push('runtimeClassName: may not be empty');
  if (spec.hostUsers === false) {
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
      if (spec[field]) said.push(`${field}: forbidden when hostUsers is false`);
    }
    if (windows) said.push('hostUsers: windows');
  }
  if (windows) said.push(...linuxFields('pod', spec.securityContext));
  for (const { list, index, container } of containers) {
    const at = `${list}[${index}]`;
    const security = container.securityContext;
    if (windows) said.push(...linuxFields(at, security));
    if (spec.hostUsers === false && container.volumeDevices?.length) said.push(`${at}: volumeDevices with hostUsers`);
    said.push(...escalation(at, security), ...startFaults(at, container, spec.securityContext));
  }
  return said;
}

function linuxFields(at: string, security: PodSecurityContext | SecurityContext | null | undefined): string[] {
  const given = new Map<string, unknown>(Object.entries(security ?? {}));
  return LINUX_ONLY.filter((field) => (given.get(field) ?? null) !== null).map((field) => `${at}: ${field} on windows`);
}

function escalation(at: string, security: SecurityContext | null | undefined): string[] {
  if (security?.allowPrivilegeEscalation !== false) return [];
  const said: string[] = [];
  if (security.privileged) said.push(`${at}: escalation false and privileged`);
  if (security.capabilities?.add?.includes('CAP_SYS_ADMIN')) said.push(`${at}: escalation false and CAP_SYS_ADMIN`);
  return said;
}

/** What keeps the node from starting a container. */
function startFaults(at: string, container: Container, pod: PodSecurityContext | null | undefined): string[] {
  const own = container.securityContext;
  const user = own?.runAsUser ?? pod?.runAsUser ?? undefined;
  const said: string[] = [];
  if (user === 0 && (own?.runAsNonRoot ?? pod?.runAsNonRoot)) said.push(`${at}: root with runAsNonRoot`);
  if (user === undefined && (own?.runAsGroup ?? pod?.runAsGroup ?? null) !== null) said.push(`${at}: group, no user`);
  return said;
}

const everything = gateOf(
  policyYaml(
    'everything',
    `
harden: [seccompProfile, allowPrivilegeEscalation, capabilities, runAsNonRoot, readOnlyRootFilesystem, hostUsers]
runtime: { default: gvisor }
identity:
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  images: [{ image: ghcr.io/acme/app, runAsUser: 2000, runAsGroup: 2001, fsGroup: 2002 }]
`,
  ),
);
const rowsOnly = gateOf(
  policyYaml('rows', 'identity: { images: [{ image: ghcr.io/acme/app, runAsUser: 2000, runAsGroup: 2001 }] }'),
);

function filled(template: JsonObject, gate: Gate): JsonObject {
  const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', ...template };
  return mutate(subjectOf(object), gate).object ?? object;
}

function asTemplate(object: JsonObject): PodTemplate {
  if (!isPodTemplate(object)) throw new Error('no pod template');
  return object;
}

describe('nothing that was valid becomes invalid', () => {
  test.each([
    ['everything filled in', everything],
    ['rows for some images only', rowsOnly],
  ])('the API server has no new complaint with %s', (_, gate) => {
    fc.assert(
      fc.property(podTemplate, (template) => {
        const before = complaints(template);
        const after = complaints(asTemplate(filled({ ...template }, gate)));
        expect(after.filter((complaint) => !before.includes(complaint))).toEqual([]);
      }),
      { numRuns: randomCases(3000) },
    );
  });
});

const locked = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true };

describe('legal pods of odd kinds, and what they become', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'a sidecar among the init containers',
      { initContainers: [{ name: 's', image: 'ghcr.io/acme/app', restartPolicy: 'Always' }], containers: [] },
      {
        initContainers: [{ name: 's', image: 'ghcr.io/acme/app', restartPolicy: 'Always', securityContext: locked }],
        containers: [],
        runtimeClassName: 'gvisor',
        hostUsers: false,
        securityContext: {
          runAsUser: 2000,
          runAsGroup: 2001,
          runAsNonRoot: true,
          fsGroup: 2002,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
    ],
    [
      'a host process container of Windows',
      {
        os: { name: 'windows' },
        hostNetwork: true,
        securityContext: { windowsOptions: { hostProcess: true } },
        containers: [{ name: 'a' }],
      },
      {
        os: { name: 'windows' },
        hostNetwork: true,
        securityContext: { windowsOptions: { hostProcess: true }, runAsNonRoot: true },
        containers: [{ name: 'a' }],
        runtimeClassName: 'gvisor',
      },
    ],
    [
      'a pod without containers',
      { containers: [] },
      {
        containers: [],
        runtimeClassName: 'gvisor',
        hostUsers: false,
        securityContext: {
          fsGroup: 1000,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
          runAsNonRoot: true,
        },
      },
    ],
    [
      'an empty list of dropped capabilities, which the API server stores as none',
      { hostNetwork: true, containers: [{ name: 'a', securityContext: { runAsUser: 5, capabilities: { drop: [] } } }] },
      {
        hostNetwork: true,
        containers: [{ name: 'a', securityContext: { runAsUser: 5, ...locked } }],
        runtimeClassName: 'gvisor',
        securityContext: {
          runAsNonRoot: true,
          fsGroup: 1000,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
    ],
  ])('what is filled in is valid for %s', (_, before, after) => {
    const once = filled({ spec: before }, everything);
    expect(once.spec).toEqual(after);
    expect(filled(once, everything)).toEqual(once);
    expect(validate(subjectOf(once), everything).findings).toEqual([]);
  });
});
