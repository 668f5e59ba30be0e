/*
What is in the environment is in crash reports, in logs and in every child process; an agent that prints its environment prints
its keys. A file can be kept from all of them.

**Restricted Fields:** `env[*].valueFrom.secretKeyRef` and `envFrom[*].secretRef` of
spec.containers[*]
spec.initContainers[*]
spec.ephemeralContainers[*]

**Allowed Values:** undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { stringField } from '../../model/json.ts';
import { pluralize, quoteVisible } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { EnvParameters } from './parameters.ts';

/** A check that containers take no environment variables from Secrets. */
export const secretEnv: RuleCheck<EnvParameters> = {
  id: 'secretEnv',
  title: 'Containers must not take environment variables from Secrets.',
  fix: 'mount the Secret as a volume and read the file instead',
  platform: 'any',
  compile: ({ secretRefs }) => (secretRefs === undefined || secretRefs === 'Ignore' ? undefined : findSecrets),
  describe,
  action: ({ secretRefs }) => (secretRefs === 'Warn' ? 'Warn' : undefined),
  examples: {
    pass: [
      {
        name: 'ConfigMaps, fields and plain values',
        parameters: { secretRefs: 'Deny' },
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                env: [
                  { name: 'A', value: 'b' },
                  { name: 'B', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' }, secretKeyRef: null } },
                  { name: 'C', valueFrom: null },
                ],
                envFrom: [{ configMapRef: { name: 'c' }, secretRef: null }],
              },
            ],
          },
        },
      },
      {
        name: 'a policy that ignores them',
        parameters: { secretRefs: 'Ignore' },
        pod: { spec: { containers: [{ name: 'a', envFrom: [{ secretRef: { name: 's' } }] }] } },
      },
    ],
    fail: [
      {
        name: 'every list of containers, one by one and all at once, also where the Secret is optional',
        parameters: { secretRefs: 'Deny' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', envFrom: [{ prefix: 'X_', secretRef: { name: 's', optional: true } }] }],
            containers: [
              { name: 'a', env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 't', key: 'k', optional: true } } }] },
            ],
            ephemeralContainers: [{ name: 'e', envFrom: [{ secretRef: { name: 's' } }] }],
          },
        },
        says: 'secrets in the environment (containers "i", "a", "e" read Secrets "s", "t")',
        paths: [
          'spec.initContainers[0].envFrom[0].secretRef',
          'spec.containers[0].env[0].valueFrom.secretKeyRef',
          'spec.ephemeralContainers[0].envFrom[0].secretRef',
        ],
        values: [{ name: 's', optional: true }, { name: 't', key: 'k', optional: true }, { name: 's' }],
      },
      {
        name: 'a Secret without a name',
        parameters: { secretRefs: 'Warn' },
        pod: { spec: { containers: [{ name: 'a', envFrom: [{ secretRef: {} }] }] } },
        says: 'secrets in the environment (container "a" reads Secret "")',
        paths: ['spec.containers[0].envFrom[0].secretRef'],
        values: [{}],
      },
    ],
  },
};

const NONE: readonly never[] = [];

function findSecrets(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const { env, envFrom } = ref.container;
    let index = -1;
    for (const { valueFrom } of env ?? NONE) {
      index++;
      const secret = valueFrom?.secretKeyRef;
      if (secret) found = append(found, inContainer(ref, `env[${index}].valueFrom.secretKeyRef`, secret));
    }
    index = -1;
    for (const { secretRef } of envFrom ?? NONE) {
      index++;
      if (secretRef) found = append(found, inContainer(ref, `envFrom[${index}].secretRef`, secretRef));
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const containers = containersIn(violations);
  const names = [...new Set(violations.map(({ value }) => stringField(value, 'name') ?? ''))];
  const read = pluralize('reads', 'read', containers.length);
  const secrets = pluralize('Secret', 'Secrets', names.length);
  return {
    reason: 'secrets in the environment',
    detail: `${nameContainers(containers)} ${read} ${secrets} ${names.map(quoteVisible).join(', ')}`,
  };
}
