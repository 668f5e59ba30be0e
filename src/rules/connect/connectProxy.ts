/*
The API server's proxy sends HTTP requests to the pod, from the address of the control plane, to any of its ports.

**Restricted Fields:** of
PodProxyOptions, the user of the request

**Allowed Values:** those whom `proxy` names
*/
import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { compileUsers, inDetail } from './access.ts';
import { passes, refusals } from './examples.ts';
import type { ConnectParameters } from './parameters.ts';

/** A check of who connects in this way. */
export const connectProxy: RuleCheck<ConnectParameters> = {
  id: 'connectProxy',
  title: 'Only those who may send HTTP requests to pods through the API server.',
  fix: 'ask somebody who may, or an administrator to name the user under connect.proxy',
  platform: 'any',
  connects: true,
  compile({ proxy }) {
    if (proxy === undefined) return undefined;
    const user = compileUsers(proxy);
    return (_, { connection, user: asking }) => {
      const refused = connection?.kind === 'proxy' ? user(asking) : undefined;
      return refused && [refused];
    };
  },
  describe,
  examples: {
    pass: passes('proxy', 'proxy'),
    fail: refusals('proxy', 'proxy', 'proxy to the pod'),
  },
};

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'proxy to the pod', detail: inDetail(violations) };
}
