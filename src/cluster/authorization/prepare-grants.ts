// Finds out, before a review is decided, who may use the classes that its object asks for: deciding itself never waits.
import type { Prepare } from '../../admission/prepare.ts';
import type { Gate, UseAnswer, UseRequest } from '../../engine/gate.ts';
import { useRequests } from '../../engine/grants/use-requests.ts';
import type { Authorization } from './authorization.ts';

/** The look-up for reviews that ask for something; all others are not kept waiting. */
export function prepareGrants(authorization: Pick<Authorization, 'mayUse'>): Prepare {
  return (subject, gate) => {
    const requests = useRequests(subject, gate);
    return requests.length === 0 ? undefined : answered(requests, gate, authorization);
  };
}

async function answered(
  requests: readonly UseRequest[],
  gate: Gate,
  authorization: Pick<Authorization, 'mayUse'>,
): Promise<Gate> {
  const answers = new Map<string, UseAnswer>();
  await Promise.all(requests.map(async (request) => answers.set(keyOf(request), await authorization.mayUse(request))));
  const { surroundings } = gate;
  return {
    ...gate,
    surroundings: {
      ...surroundings,
      namespaceLabels: (namespace) => surroundings.namespaceLabels(namespace),
      // What was not looked up is not known.
      mayUse: (request) => answers.get(keyOf(request)) ?? 'unknown',
    },
  };
}

/** Within one review, all requests are of one user in one namespace; said again in case they were not. */
function keyOf({ className, namespace, serviceAccount, user }: UseRequest): string {
  return JSON.stringify([className, namespace, serviceAccount, user.username]);
}

/**
 * Two things to find out, at the same time: `labels` changes nothing of a gate but what it says of namespaces, or nothing at
 * all; `grants` nothing but who may use what.
 */
export function prepareTogether(labels: Prepare, grants: Prepare): Prepare {
  return (subject, gate, webhook) => {
    const known = labels(subject, gate, webhook);
    const allowed = grants(subject, gate, webhook);
    if (!known || !allowed) return known ?? allowed;
    return Promise.all([known, allowed]).then(([{ surroundings }, granting]) => ({
      ...granting,
      surroundings: {
        ...granting.surroundings,
        namespaceLabels: (namespace) => surroundings.namespaceLabels(namespace),
      },
    }));
  };
}
