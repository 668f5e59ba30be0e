// Finds out, before a review is decided, who may use the classes that its object asks for: the decision itself does no I/O.
import type { Prepare } from '../../admission/prepare.ts';
import type { Gate, UseAnswer, UseRequest } from '../../engine/gate.ts';
import { useRequests } from '../../engine/grants/use-requests.ts';
import type { Authorization } from './authorization.ts';

/** The look-up for reviews whose object asks for a class; undefined, and so no delay, for all others. */
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
      namespaceAnnotations: (namespace) => surroundings.namespaceAnnotations?.(namespace),
      // What was not looked up is not known.
      mayUse: (request) => answers.get(keyOf(request)) ?? 'unknown',
    },
  };
}

/** Within one review all requests are of one user in one namespace. Both are in the key all the same. */
function keyOf({ className, namespace, serviceAccount, user }: UseRequest): string {
  return JSON.stringify([className, namespace, serviceAccount, user.username]);
}

/**
 * Does two look-ups at the same time.
 * @param labels changes at most what the gate says of namespaces
 * @param grants changes only what the gate says of who may use what
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
        namespaceAnnotations: (namespace) => surroundings.namespaceAnnotations?.(namespace),
      },
    }));
  };
}
