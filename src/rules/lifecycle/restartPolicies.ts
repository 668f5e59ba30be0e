/*
A job should end: in a pod that is restarted again and again, what an agent broke or left running comes back.

**Restricted Fields:**
spec.restartPolicy
`restartPolicy` and `restartPolicyRules[*]` of spec.containers[*], spec.initContainers[*] and spec.ephemeralContainers[*]

**Allowed Values:** those that the policy lists. Undefined/null is Always for a pod, and the pod's for a container. Always of an init
container makes it a sidecar, which ends with the pod: `Sidecar` in the list allows that alone. A rule that restarts a container is
OnFailure; where it does so after exit code 0, Always.
*/
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import type { Container } from '../../kubernetes/pod.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import { append, inContainer } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import type { LifecycleParameters } from './parameters.ts';

const NEVER = { allowedRestartPolicies: ['Never' as const] };
const ON_FAILURE = { allowedRestartPolicies: ['Never' as const, 'OnFailure' as const] };

type Rule = NonNullable<Container['restartPolicyRules']>[number];

/** A check that pods and their containers have a restart policy that the policy lists. */
export const restartPolicies: RuleCheck<LifecycleParameters> = {
  id: 'restartPolicies',
  title: 'Pods and containers must have a restart policy that the policy lists.',
  fix: 'set restartPolicy to a value that is allowed, and remove restartPolicyRules that restart more than that',
  platform: 'any',
  compile: ({ allowedRestartPolicies }) => {
    if (allowedRestartPolicies === undefined) return undefined;
    const allowed: ReadonlySet<string> = new Set(allowedRestartPolicies);
    const listed = listedNames(allowedRestartPolicies);
    return (pod) => findOthers(pod, allowed, listed);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a listed one, of the pod and of a container',
        parameters: NEVER,
        pod: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'a', restartPolicy: 'Never', restartPolicyRules: null }],
            initContainers: [{ name: 'i', restartPolicy: null }],
          },
        },
      },
      {
        name: 'a native sidecar, where these are allowed',
        parameters: { allowedRestartPolicies: ['Never', 'Sidecar'] },
        pod: { spec: { restartPolicy: 'Never', initContainers: [{ name: 's', restartPolicy: 'Always' }] } },
      },
      {
        name: 'a rule that restarts after a failure, where that is allowed',
        parameters: ON_FAILURE,
        pod: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'a',
                restartPolicy: 'Never',
                restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
              },
            ],
          },
        },
      },
      { name: 'none, where Always is allowed', parameters: { allowedRestartPolicies: ['Always'] }, pod: { spec: {} } },
    ],
    fail: [
      {
        name: 'none, which is Always',
        parameters: NEVER,
        pod: { spec: { containers: [{ name: 'a' }] } },
        says: 'restart policy (pod has "Always"; allowed: "Never")',
        paths: ['spec.restartPolicy'],
        values: [undefined],
      },
      {
        name: 'empty, which is Always, and other letters',
        parameters: { allowedRestartPolicies: [] },
        pod: { spec: { restartPolicy: '', containers: [{ name: 'a', restartPolicy: 'never' }] } },
        says: 'restart policy (pod has "Always", container "a" has "never"; allowed: none)',
        paths: ['spec.restartPolicy', 'spec.containers[0].restartPolicy'],
        values: ['', 'never'],
      },
      {
        name: 'every list of containers',
        parameters: NEVER,
        pod: {
          spec: {
            restartPolicy: 'Never',
            initContainers: [{ name: 's', restartPolicy: 'Always' }],
            containers: [{ name: 'a', restartPolicy: 'OnFailure' }],
            ephemeralContainers: [{ name: 'e', restartPolicy: 'Always' }],
          },
        },
        says: 'restart policy (container "s" has "Always", container "a" has "OnFailure", container "e" has "Always"; allowed: "Never")',
        paths: [
          'spec.initContainers[0].restartPolicy',
          'spec.containers[0].restartPolicy',
          'spec.ephemeralContainers[0].restartPolicy',
        ],
        values: ['Always', 'OnFailure', 'Always'],
      },
      {
        name: 'a container that is not a sidecar, where sidecars are allowed',
        parameters: { allowedRestartPolicies: ['Never', 'Sidecar'] },
        pod: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', restartPolicy: 'Always' }] } },
        says: 'restart policy (container "a" has "Always"; allowed: "Never", "Sidecar")',
        paths: ['spec.containers[0].restartPolicy'],
        values: ['Always'],
      },
      {
        name: 'rules that restart whatever the exit code is',
        parameters: ON_FAILURE,
        pod: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'a',
                restartPolicy: 'Never',
                restartPolicyRules: [
                  { action: 'Restart', exitCodes: { operator: 'NotIn', values: [1] } },
                  { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [0] } },
                  { action: 'Restart', exitCodes: { operator: 'NotIn', values: [0] } },
                  { action: 'Restart' },
                ],
              },
            ],
          },
        },
        says:
          'restart policy (container "a" restarts also after exit code 0 by restartPolicyRules[0], ' +
          'container "a" restarts also after exit code 0 by restartPolicyRules[1], ' +
          'container "a" restarts also after exit code 0 by restartPolicyRules[3]; allowed: "Never", "OnFailure")',
        paths: [
          'spec.containers[0].restartPolicyRules[0]',
          'spec.containers[0].restartPolicyRules[1]',
          'spec.containers[0].restartPolicyRules[3]',
        ],
        values: [
          { action: 'Restart', exitCodes: { operator: 'NotIn', values: [1] } },
          { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [0] } },
          { action: 'Restart' },
        ],
      },
      {
        name: 'a rule where nothing may be restarted',
        parameters: NEVER,
        pod: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              { name: 'a', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }] },
            ],
          },
        },
        says: 'restart policy (container "a" restarts by restartPolicyRules[0]; allowed: "Never")',
        paths: ['spec.containers[0].restartPolicyRules[0]'],
        values: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
      },
    ],
  },
};

function findOthers(pod: PodView, allowed: ReadonlySet<string>, listed: string): readonly Violation[] | undefined {
  const { restartPolicy } = pod.spec;
  let found: Violation[] | undefined;
  const stated = restartPolicy || 'Always';
  if (!allowed.has(stated)) {
    const kind = `has ${quoteVisible(stated)}\n${listed}`;
    found = append(found, { path: 'spec.restartPolicy', value: restartPolicy, kind });
  }
  for (const ref of pod.containers) {
    const { restartPolicy: own, restartPolicyRules: rules } = ref.container;
    if (own && !mayHave(ref, own, allowed)) {
      const kind = `has ${quoteVisible(own)}\n${listed}`;
      found = append(found, { ...inContainer(ref, 'restartPolicy', own), kind });
    }
    for (const [index, rule] of (rules ?? []).entries()) {
      const always = restartsAfterSuccess(rule);
      if (allowed.has('Always') || (!always && allowed.has('OnFailure'))) continue;
      const kind = `restarts ${always ? 'also after exit code 0 ' : ''}by restartPolicyRules[${index}]\n${listed}`;
      found = append(found, { ...inContainer(ref, `restartPolicyRules[${index}]`, rule), kind });
    }
  }
  return found;
}

function mayHave({ list }: ContainerRef, policy: string, allowed: ReadonlySet<string>): boolean {
  if (list === 'initContainers' && policy === 'Always' && allowed.has('Sidecar')) return true;
  // `Sidecar` is a word of this rule; Kubernetes has Always for it.
  return policy !== 'Sidecar' && allowed.has(policy);
}

/** A rule that cannot be read is taken to restart always. */
function restartsAfterSuccess({ exitCodes }: Rule): boolean {
  const values = exitCodes?.values ?? [];
  if (exitCodes?.operator === 'In') return values.includes(0);
  if (exitCodes?.operator === 'NotIn') return !values.includes(0);
  return true;
}

function describe(violations: readonly Violation[]): Sentence {
  const parts: string[] = [];
  let allowed = '';
  for (const { kind = '', container } of violations) {
    const [says = '', listed = ''] = kind.split('\n');
    parts.push(`${container === undefined ? 'pod' : `container "${container}"`} ${says}`);
    allowed = listed;
  }
  return { reason: 'restart policy', detail: `${parts.join(', ')}; allowed: ${allowed}` };
}
