/*
Containers that share a process namespace can read each other's environment and files under /proc, those of a sidecar with keys
included.

**Restricted Fields:** spec.shareProcessNamespace

**Allowed Values:** false, undefined/null
*/
import type { RuleCheck } from '../check.ts';
import { actionOf, isAsked, type ProcessParameters } from './parameters.ts';

/** A check that the containers of a pod do not share their processes. */
export const shareProcessNamespace: RuleCheck<ProcessParameters> = {
  id: 'shareProcessNamespace',
  title: 'The containers of a pod must not share their processes.',
  fix: 'remove spec.shareProcessNamespace',
  platform: 'any',
  compile: ({ shareProcessNamespace: action }) => {
    if (!isAsked(action)) return undefined;
    return ({ spec }) =>
      spec.shareProcessNamespace === true ? [{ path: 'spec.shareProcessNamespace', value: true }] : undefined;
  },
  describe: () => ({ reason: 'shared processes', detail: 'pod sets shareProcessNamespace to true' }),
  action: ({ shareProcessNamespace: action }) => actionOf(action),
  examples: {
    pass: [
      { name: 'false', parameters: { shareProcessNamespace: 'Deny' }, pod: { spec: { shareProcessNamespace: false } } },
      { name: 'null', parameters: { shareProcessNamespace: 'Deny' }, pod: { spec: { shareProcessNamespace: null } } },
      {
        name: 'a policy that ignores it',
        parameters: { shareProcessNamespace: 'Ignore' },
        pod: { spec: { shareProcessNamespace: true } },
      },
    ],
    fail: [
      {
        name: 'true',
        parameters: { shareProcessNamespace: 'Deny' },
        pod: { spec: { shareProcessNamespace: true } },
        says: 'shared processes (pod sets shareProcessNamespace to true)',
        paths: ['spec.shareProcessNamespace'],
        values: [true],
      },
    ],
  },
};
