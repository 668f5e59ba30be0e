/*
Port-forwarding reaches every port of the pod, also those that listen on its own loopback address only, and goes past NetworkPolicies:
the kubelet connects from inside of the pod. Which port it will be is not in the request.

**Restricted Fields:** of
PodPortForwardOptions, the user of the request

**Allowed Values:** those whom `portForward` names
*/
import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { compileUsers, inDetail } from './access.ts';
import { passes, refusals } from './examples.ts';
import type { ConnectParameters } from './parameters.ts';

/** A check of who connects in this way. */
export const connectPortForward: RuleCheck<ConnectParameters> = {
  id: 'connectPortForward',
  title: 'Only those who may reach the ports of pods through the API server.',
  fix: 'ask somebody who may, or an administrator to name the user under connect.portForward',
  platform: 'any',
  connects: true,
  compile({ portForward }) {
    if (portForward === undefined) return undefined;
    const user = compileUsers(portForward);
    return (_, { connection, user: asking }) => {
      const refused = connection?.kind === 'portforward' ? user(asking) : undefined;
      return refused && [refused];
    };
  },
  describe,
  examples: {
    pass: passes('portForward', 'portforward'),
    fail: refusals('portForward', 'portforward', 'port-forward to the pod'),
  },
};

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'port-forward to the pod', detail: inDetail(violations) };
}
