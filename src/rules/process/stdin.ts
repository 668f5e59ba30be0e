/*
A container with a standard input waits for somebody to attach: agents and jobs have nobody there.

**Restricted Fields:** `stdin`, `stdinOnce` and `tty` of
spec.containers[*]
spec.initContainers[*]
spec.ephemeralContainers[*]

**Allowed Values:** false, undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { pluralize } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { actionOf, isAsked, type ProcessParameters } from './parameters.ts';

const FIELDS = ['stdin', 'stdinOnce', 'tty'] as const;

/** A check that containers have neither a standard input nor a terminal. */
export const stdin: RuleCheck<ProcessParameters> = {
  id: 'stdin',
  title: 'Containers must have neither a standard input nor a terminal.',
  fix: 'remove stdin, stdinOnce and tty (of kubectl debug and kubectl run: -i and -t)',
  platform: 'any',
  compile: ({ stdin: action }) => (isAsked(action) ? findInputs : undefined),
  describe,
  action: ({ stdin: action }) => actionOf(action),
  examples: {
    pass: [
      {
        name: 'false, null and absent',
        parameters: { stdin: 'Deny' },
        pod: { spec: { containers: [{ name: 'a', stdin: false, tty: null }] } },
      },
      {
        name: 'a policy that ignores it',
        parameters: { stdin: 'Ignore' },
        pod: { spec: { containers: [{ name: 'a', stdin: true }] } },
      },
    ],
    fail: [
      {
        name: 'every list of containers, each of the fields alone',
        parameters: { stdin: 'Deny' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', stdinOnce: true }],
            containers: [
              { name: 'a', stdin: true, tty: true },
              { name: 'b', tty: false },
            ],
            ephemeralContainers: [{ name: 'e', tty: true }],
          },
        },
        says: 'standard input or terminal (containers "i", "a", "e" set stdinOnce, stdin, tty)',
        paths: [
          'spec.initContainers[0].stdinOnce',
          'spec.containers[0].stdin',
          'spec.containers[0].tty',
          'spec.ephemeralContainers[0].tty',
        ],
        values: [true, true, true, true],
      },
    ],
  },
};

function findInputs(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    for (const field of FIELDS) {
      if (ref.container[field] === true) found = append(found, { ...inContainer(ref, field, true), kind: field });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const fields = [...new Set(violations.map(({ kind = '' }) => kind))];
  const set = pluralize('sets', 'set', names.length);
  return { reason: 'standard input or terminal', detail: `${nameContainers(names)} ${set} ${fields.join(', ')}` };
}
