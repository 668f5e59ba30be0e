/*
Nodes are set apart by taints, for one tenant or one kind of work. Only pods that tolerate them can run there.

**Restricted Fields:**
spec.tolerations

**Allowed Values:** any list in which each toleration of the policy is, or is part of a wider one; what the pod's RuntimeClass adds
counts
*/

import type { PodView } from '../../kubernetes/containers.ts';
import { covers, type Toleration, tolerationInWords } from '../../kubernetes/tolerations.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { ownField, stringField } from '../../model/json.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { clusterWith } from '../example-facts.ts';
import { grantedField } from '../granted-field.ts';
import type { SchedulingParameters } from './parameters.ts';

const GVISOR = {
  requiredTolerations: [{ key: 'sandbox.gke.io/runtime', operator: 'Equal', value: 'gvisor', effect: 'NoSchedule' }],
} satisfies SchedulingParameters;

/** A check that pods tolerate the taints of the nodes that they are for. */
export const requiredTolerations: RuleCheck<SchedulingParameters> = {
  id: 'requiredTolerations',
  title: 'Pods must tolerate the taints that the policy names.',
  fix: 'add these tolerations to spec.tolerations',
  platform: 'any',
  compile({ requiredTolerations: required = [] }) {
    if (required.length === 0) return undefined;
    const wanted = required.map((toleration) => ({ toleration, kind: tolerationInWords(toleration) }));
    return (pod, request) => {
      const { tolerations } = pod.spec;
      let found: Violation[] | undefined;
      for (const { toleration, kind } of wanted) {
        if (tolerations?.some((one) => covers(one, toleration)) || isAddedLater(toleration, pod, request)) continue;
        found = append(found, { path: 'spec.tolerations', value: tolerations, kind });
      }
      return found;
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the toleration beside another one, and a wider one',
        parameters: {
          requiredTolerations: [...GVISOR.requiredTolerations, { key: 'dedicated', value: 'a', effect: 'NoSchedule' }],
        },
        pod: {
          spec: {
            tolerations: [
              { key: 'gpu', operator: 'Exists' },
              { key: 'sandbox.gke.io/runtime', value: 'gvisor', effect: 'NoSchedule' },
              { key: 'dedicated', operator: 'Exists' },
            ],
          },
        },
      },
      {
        name: 'a RuntimeClass that adds it',
        parameters: GVISOR,
        pod: { spec: { runtimeClassName: 'gvisor' } },
        request: { cluster: clusterWith({ name: 'gvisor', tolerations: GVISOR.requiredTolerations }) },
      },
      {
        name: 'an empty list, which requires none',
        parameters: { requiredTolerations: [] },
        pod: { spec: { tolerations: null } },
      },
    ],
    fail: [
      {
        name: 'none, and null',
        parameters: GVISOR,
        pod: { spec: { tolerations: null } },
        says: 'missing toleration (pod does not tolerate "sandbox.gke.io/runtime" Equal "gvisor" of NoSchedule)',
        paths: ['spec.tolerations'],
        values: [null],
      },
      {
        name: 'another value, another effect, and for less time',
        parameters: {
          requiredTolerations: [
            ...GVISOR.requiredTolerations,
            { key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
          ],
        },
        pod: {
          spec: {
            tolerations: [
              { key: 'sandbox.gke.io/runtime', value: 'gVisor', effect: 'NoSchedule' },
              { key: 'sandbox.gke.io/runtime', value: 'gvisor', effect: 'PreferNoSchedule' },
              { key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
            ],
          },
        },
        says: 'missing toleration (pod does not tolerate "sandbox.gke.io/runtime" Equal "gvisor" of NoSchedule, "spot" of NoExecute for 60 s)',
        paths: ['spec.tolerations', 'spec.tolerations'],
        values: [
          [
            { key: 'sandbox.gke.io/runtime', value: 'gVisor', effect: 'NoSchedule' },
            { key: 'sandbox.gke.io/runtime', value: 'gvisor', effect: 'PreferNoSchedule' },
            { key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
          ],
          [
            { key: 'sandbox.gke.io/runtime', value: 'gVisor', effect: 'NoSchedule' },
            { key: 'sandbox.gke.io/runtime', value: 'gvisor', effect: 'PreferNoSchedule' },
            { key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
          ],
        ],
      },
    ],
  },
};

/** True where the pod is given the toleration by its RuntimeClass, or has it from a granted class. */
function isAddedLater(wanted: Toleration, pod: PodView, { cluster }: CheckRequest): boolean {
  const { runtimeClassName } = pod.spec;
  const runtimeClass = runtimeClassName ? cluster.runtimeClass(runtimeClassName) : undefined;
  if (typeof runtimeClass === 'object' && runtimeClass.tolerations.some((one) => covers(one, wanted))) return true;
  return grantedField(pod, 'tolerations').some(
    (granted) => Array.isArray(granted) && granted.some((one) => covers(tolerationOf(one), wanted)),
  );
}

/** A toleration of a class, whose fields are of any type to whoever reads them. */
function tolerationOf(granted: unknown): Toleration {
  const seconds = ownField(granted, 'tolerationSeconds');
  return {
    key: stringField(granted, 'key') ?? '',
    operator: stringField(granted, 'operator') ?? '',
    value: stringField(granted, 'value') ?? '',
    effect: stringField(granted, 'effect') ?? '',
    ...(typeof seconds === 'number' && { tolerationSeconds: seconds }),
  };
}

function describe(violations: readonly Violation[]): Sentence {
  const lacking = violations.map(({ kind = '' }) => kind).join(', ');
  return { reason: 'missing toleration', detail: `pod does not tolerate ${lacking}` };
}
