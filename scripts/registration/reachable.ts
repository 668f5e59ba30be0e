// The webhook that judges nothing: by it the API server is asked whether it reaches us, which is asked before anything else is
// registered, and by `sandgate status` and `helm test`.
import { REACHABLE_LABEL, REACHABLE_WEBHOOK } from '../../src/model/names.ts';
import type { ClientConfig, LabelSelector, ValidatingWebhook } from './configuration.ts';

/** An entry that is about objects with a label, whatever its value. */
export interface ReachableWebhook extends Omit<ValidatingWebhook, 'matchConditions'> {
  readonly objectSelector: {
    readonly matchExpressions: readonly { readonly key: string; readonly operator: 'Exists' }[];
  };
}

/**
 * The entry. It refuses where it cannot be called, since that is how the one who asks hears why. Nobody else is refused by it: it is
 * about Events that have our label, in our own namespace.
 */
export function reachableWebhook(clientConfig: ClientConfig, namespaceSelector: LabelSelector): ReachableWebhook {
  return {
    name: REACHABLE_WEBHOOK,
    clientConfig,
    rules: [
      {
        apiGroups: [''],
        apiVersions: ['*'],
        resources: ['events'],
        operations: ['CREATE'],
        scope: 'Namespaced',
      },
    ],
    failurePolicy: 'Fail',
    timeoutSeconds: 5,
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    namespaceSelector,
    objectSelector: { matchExpressions: [{ key: REACHABLE_LABEL, operator: 'Exists' }] },
  };
}
