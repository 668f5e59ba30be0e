/*
A lifecycle hook runs a command in a container beside its entrypoint, at times that no log of the container shows.

**Restricted Fields:** `.lifecycle.postStart.exec` and `.lifecycle.preStop.exec` of
spec.containers[*]
spec.initContainers[*]
spec.ephemeralContainers[*]

**Allowed Values:** undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { pluralize } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { actionOf, isAsked, type ProcessParameters } from './parameters.ts';

const HOOKS = ['postStart', 'preStop'] as const;

/** A check that no lifecycle hook runs a command. */
export const lifecycleExec: RuleCheck<ProcessParameters> = {
  id: 'lifecycleExec',
  title: 'Lifecycle hooks must not run commands.',
  fix: 'remove lifecycle.postStart.exec and lifecycle.preStop.exec; preStop.sleep and httpGet are allowed',
  platform: 'any',
  compile: ({ lifecycleExec: action }) => (isAsked(action) ? findCommands : undefined),
  describe,
  action: ({ lifecycleExec: action }) => actionOf(action),
  examples: {
    pass: [
      {
        name: 'other hooks',
        parameters: { lifecycleExec: 'Deny' },
        pod: {
          spec: {
            containers: [
              { name: 'a', lifecycle: { postStart: { exec: null, httpGet: {} }, preStop: { sleep: { seconds: 5 } } } },
              { name: 'b', lifecycle: null },
            ],
          },
        },
      },
      {
        name: 'a policy that ignores it',
        parameters: { lifecycleExec: 'Ignore' },
        pod: { spec: { containers: [{ name: 'a', lifecycle: { preStop: { exec: {} } } }] } },
      },
    ],
    fail: [
      {
        name: 'every list of containers, also without a command',
        parameters: { lifecycleExec: 'Deny' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', lifecycle: { preStop: { exec: {} } } }],
            containers: [{ name: 'a', lifecycle: { postStart: { exec: { command: ['sh'] } }, preStop: { exec: {} } } }],
            ephemeralContainers: [{ name: 'e', lifecycle: { postStart: { exec: {} } } }],
          },
        },
        says: 'command in a lifecycle hook (containers "i", "a", "e" run a command in preStop, postStart)',
        paths: [
          'spec.initContainers[0].lifecycle.preStop.exec',
          'spec.containers[0].lifecycle.postStart.exec',
          'spec.containers[0].lifecycle.preStop.exec',
          'spec.ephemeralContainers[0].lifecycle.postStart.exec',
        ],
        values: [{}, { command: ['sh'] }, {}, {}],
      },
    ],
  },
};

function findCommands(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const { lifecycle } = ref.container;
    if (!lifecycle) continue;
    for (const hook of HOOKS) {
      const exec = lifecycle[hook]?.exec;
      if (exec) found = append(found, { ...inContainer(ref, `lifecycle.${hook}.exec`, exec), kind: hook });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const hooks = [...new Set(violations.map(({ kind = '' }) => kind))];
  const run = pluralize('runs', 'run', names.length);
  return {
    reason: 'command in a lifecycle hook',
    detail: `${nameContainers(names)} ${run} a command in ${hooks.join(', ')}`,
  };
}
