/*
With the token of its service account a pod can do at the API server whatever the account may. The API server mounts it into
every container unless the pod, or the account, says otherwise.

**Restricted Fields:**
spec.automountServiceAccountToken
spec.volumes[*], where it is the volume that the API server adds

**Allowed Values:** false; absent in a SandboxTemplate, whose controller sets it to false
*/

import type { PodView } from '../../kubernetes/containers.ts';
import { isApiTokenVolume } from '../../kubernetes/token-volume.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { mountsToken } from './automount.ts';
import { apiTokenVolume } from './example-volumes.ts';
import type { ServiceAccountParameters } from './parameters.ts';

/** A check that the API server gives pods no token. */
export const automountToken: RuleCheck<ServiceAccountParameters> = {
  id: 'automountToken',
  title: 'Pods must not be given the token of their service account.',
  fix: 'set automountServiceAccountToken to false, and take out the volume kube-api-access-* with its mounts',
  platform: 'any',
  compile: ({ automountToken: filledIn, requiredAutomountToken: required }) =>
    (filledIn ?? required) === false ? findTokens : undefined,
  describe,
  examples: {
    pass: [
      {
        name: 'a pod that says false',
        parameters: { automountToken: false },
        pod: { spec: { automountServiceAccountToken: false, containers: [{ name: 'a' }] } },
      },
      {
        name: 'a SandboxTemplate that does not say',
        parameters: { automountToken: false },
        pod: { spec: { containers: [{ name: 'a' }] } },
        request: { kind: 'SandboxTemplate.extensions.agents.x-k8s.io' },
      },
      {
        name: 'a policy about accounts alone',
        parameters: { allowed: ['*'] },
        pod: { spec: { containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'a pod that does not say; its volume follows from that',
        parameters: { automountToken: false },
        pod: { spec: { containers: [{ name: 'a' }], volumes: [apiTokenVolume('kube-api-access-x7k2p')] } },
        says: 'service account token (pod does not set automountServiceAccountToken to false)',
        paths: ['spec.automountServiceAccountToken'],
        values: [undefined],
      },
      {
        name: 'a pod that says true, in a SandboxTemplate as well',
        parameters: { automountToken: false },
        pod: { spec: { automountServiceAccountToken: true, containers: [{ name: 'a' }] } },
        request: { kind: 'SandboxTemplate.extensions.agents.x-k8s.io' },
        says: 'service account token (pod sets automountServiceAccountToken to true)',
        paths: ['spec.automountServiceAccountToken'],
        values: [true],
      },
      {
        name: 'a pod that does not say, where nothing is filled in',
        parameters: { requiredAutomountToken: false },
        pod: { spec: { automountServiceAccountToken: null, containers: [{ name: 'a' }] } },
        says: 'service account token (pod does not set automountServiceAccountToken to false)',
        paths: ['spec.automountServiceAccountToken'],
        values: [null],
      },
      {
        name: 'the volume of the API server, written by hand or left over',
        parameters: { automountToken: false },
        pod: {
          spec: {
            automountServiceAccountToken: false,
            containers: [{ name: 'a' }],
            volumes: [{ name: 'v', emptyDir: {} }, apiTokenVolume('kube-api-access-x7k2p')],
          },
        },
        says: 'service account token (volume "kube-api-access-x7k2p" holds the token although automountServiceAccountToken is false)',
        paths: ['spec.volumes[1]'],
        values: [apiTokenVolume('kube-api-access-x7k2p')],
      },
    ],
  },
};

function findTokens(pod: PodView, request: CheckRequest): readonly Violation[] | undefined {
  const { spec } = pod;
  if (mountsToken(pod, request)) {
    return [{ path: 'spec.automountServiceAccountToken', value: spec.automountServiceAccountToken }];
  }
  let found: Violation[] | undefined;
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    if (!isApiTokenVolume(volume)) continue;
    found = append(found, { path: `spec.volumes[${index}]`, volume: volume.name ?? '', value: volume });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const volumes = violations.flatMap(({ volume }) => volume ?? []);
  const stated = violations.find(({ volume }) => volume === undefined);
  const held = `${pluralize('volume', 'volumes', volumes.length)} ${joinQuoted(volumes)} ${pluralize('holds', 'hold', volumes.length)} the token`;
  const parts = [
    ...(stated === undefined
      ? []
      : [
          stated.value === true
            ? 'pod sets automountServiceAccountToken to true'
            : 'pod does not set automountServiceAccountToken to false',
        ]),
    ...(volumes.length > 0 ? [`${held} although automountServiceAccountToken is false`] : []),
  ];
  return { reason: 'service account token', detail: parts.join(', ') };
}
