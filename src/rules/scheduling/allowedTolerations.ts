/*
Taints keep pods away from nodes that are meant for others, or for nothing but the cluster itself. A toleration is all it takes
to get there, and one without a key is a toleration of every taint there is.

**Restricted Fields:**
spec.tolerations[*]

**Allowed Values:** the tolerations that a row of the policy allows, those that the policy adds or requires, and those that
Kubernetes itself adds, in their exact form
*/

import type { PodView } from '../../kubernetes/containers.ts';
import {
  operatorOf,
  sameToleration,
  type Toleration,
  toleratesEveryKey,
  tolerationInWords,
} from '../../kubernetes/tolerations.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { compileGlob } from '../../model/glob.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { clusterWith } from '../example-facts.ts';
import { addedByKubernetes } from './added-tolerations.ts';
import type { SchedulingParameters } from './parameters.ts';

type Row = NonNullable<SchedulingParameters['allowedTolerations']>[number];

const MOST_SHOWN = 10;

/** A check that pods tolerate no taint but those that the policy allows. */
export const allowedTolerations: RuleCheck<SchedulingParameters> = {
  id: 'allowedTolerations',
  title: 'Pods must tolerate no taints but allowed ones.',
  fix: 'take the toleration out, or name key, value and effect of a taint that the policy allows',
  platform: 'any',
  compile({ allowedTolerations: rows, addTolerations = [], requiredTolerations = [] }) {
    if (rows === undefined) return undefined;
    const matchers = rows.map(compileRow);
    const ofPolicy = [...addTolerations, ...requiredTolerations];
    const allowed = inWords(rows);
    return (pod, request) =>
      findTolerations(
        pod,
        request,
        allowed,
        (one) => matchers.some((matches) => matches(one)) || ofPolicy.some((other) => sameToleration(other, one)),
      );
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a taint of a row, with its value and effect',
        parameters: { allowedTolerations: [{ key: 'dedicated', value: 'agents-*', effect: 'NoSchedule' }] },
        pod: {
          spec: { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'agents-a', effect: 'NoSchedule' }] },
        },
      },
      {
        name: 'a row without value and effect allows all of them',
        parameters: { allowedTolerations: [{ key: 'example.com/*' }] },
        pod: { spec: { tolerations: [{ key: 'example.com/x', operator: 'Exists' }] } },
      },
      {
        name: 'what Kubernetes and the policy add, and what the policy requires',
        parameters: {
          allowedTolerations: [],
          addTolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
          requiredTolerations: [{ key: 'gpu', operator: 'Exists' }],
        },
        pod: {
          spec: {
            tolerations: [
              { key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' },
              { key: 'gpu', operator: 'Exists' },
              { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
              {
                key: 'node.kubernetes.io/unreachable',
                operator: 'Exists',
                effect: 'NoExecute',
                tolerationSeconds: 300,
              },
            ],
          },
        },
      },
      {
        name: 'every taint, where a row says so',
        parameters: { allowedTolerations: [{ key: '' }] },
        pod: { spec: { tolerations: [{ operator: 'Exists' }] } },
      },
      {
        name: "what the pod's RuntimeClass adds",
        parameters: { allowedTolerations: [] },
        pod: {
          spec: {
            runtimeClassName: 'gvisor',
            tolerations: [{ key: 'sandbox.gke.io/runtime', operator: 'Equal', value: 'gvisor', effect: 'NoSchedule' }],
          },
        },
        request: {
          cluster: clusterWith({
            name: 'gvisor',
            tolerations: [{ key: 'sandbox.gke.io/runtime', value: 'gvisor', effect: 'NoSchedule' }],
          }),
        },
      },
    ],
    fail: [
      {
        name: 'every taint, which no pattern means',
        parameters: { allowedTolerations: [{ key: '**' }] },
        pod: { spec: { tolerations: [{ operator: 'Exists' }, { key: '', operator: 'Exists', effect: 'NoExecute' }] } },
        says: 'toleration (pod tolerates every taint, every taint of NoExecute, allowed: "**")',
        paths: ['spec.tolerations[0]', 'spec.tolerations[1]'],
        values: [{ operator: 'Exists' }, { key: '', operator: 'Exists', effect: 'NoExecute' }],
      },
      {
        name: 'more values and effects than the row allows',
        parameters: { allowedTolerations: [{ key: 'dedicated', value: 'agents', effect: 'NoSchedule' }] },
        pod: {
          spec: {
            tolerations: [
              { key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' },
              { key: 'dedicated', value: 'agents' },
              { key: 'dedicated', operator: 'Gt', value: 'agents', effect: 'NoSchedule' },
            ],
          },
        },
        says: 'toleration (pod tolerates "dedicated" of NoSchedule, "dedicated" Equal "agents", "dedicated" Gt "agents" of NoSchedule, allowed: "dedicated" Equal "agents" of NoSchedule)',
        paths: ['spec.tolerations[0]', 'spec.tolerations[1]', 'spec.tolerations[2]'],
        values: [
          { key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' },
          { key: 'dedicated', value: 'agents' },
          { key: 'dedicated', operator: 'Gt', value: 'agents', effect: 'NoSchedule' },
        ],
      },
      {
        name: "what only looks like Kubernetes' own: for longer, and for ever",
        parameters: { allowedTolerations: [] },
        pod: {
          spec: {
            tolerations: [
              { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3000 },
              { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
            ],
          },
        },
        says: 'toleration (pod tolerates "node.kubernetes.io/not-ready" of NoExecute for 3000 s, "node.kubernetes.io/unreachable" of NoExecute, allowed: none)',
        paths: ['spec.tolerations[0]', 'spec.tolerations[1]'],
        values: [
          { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3000 },
          { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
        ],
      },
    ],
  },
};

function compileRow({ key, value, effect }: Row): (toleration: Toleration) => boolean {
  const keyMatches = compileGlob(key);
  const valueMatches = value === undefined ? undefined : compileGlob(value);
  return (toleration) => {
    if (toleratesEveryKey(toleration) ? key !== '' : !keyMatches(toleration.key ?? '')) return false;
    // Without an effect it tolerates all of them.
    if (effect !== undefined && toleration.effect !== effect) return false;
    // Any other operator tolerates more than one value.
    return !valueMatches || (operatorOf(toleration) === 'Equal' && valueMatches(toleration.value ?? ''));
  };
}

function findTolerations(
  pod: PodView,
  request: CheckRequest,
  allowed: string,
  isAllowed: (toleration: Toleration) => boolean,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const [index, toleration] of (pod.spec.tolerations ?? []).entries()) {
    if (isAllowed(toleration) || addedByKubernetes(toleration, pod, request)) continue;
    const kind = tolerationInWords(toleration);
    found = append(found, { path: `spec.tolerations[${index}]`, value: toleration, kind, allowed });
  }
  return found;
}

function inWords(rows: readonly Row[]): string {
  if (rows.length === 0) return 'none';
  const shown = rows
    .slice(0, MOST_SHOWN)
    .map((row) => tolerationInWords({ ...row, operator: row.value === undefined ? 'Exists' : 'Equal' }));
  return rows.length > MOST_SHOWN ? `${shown.join(', ')} and ${rows.length - MOST_SHOWN} more` : shown.join(', ');
}

function describe(violations: readonly Violation[]): Sentence {
  const tolerated = [...new Set(violations.map(({ kind = '' }) => kind))].join(', ');
  return { reason: 'toleration', detail: `pod tolerates ${tolerated}, allowed: ${violations[0]?.allowed ?? ''}` };
}
