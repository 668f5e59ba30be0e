// The webhook by which the server hears of an uninstall before Helm deletes anything: it is asked about the deletion of the ConfigMap
// that the chart has as a hook.
import { UNINSTALL_LABEL, UNINSTALL_WEBHOOK } from '../../src/model/names.ts';
import type { ClientConfig, LabelSelector } from './configuration.ts';
import type { ReachableWebhook } from './reachable.ts';

/** An entry that is about deletions, and writes to other objects where they are not tried only. */
export interface UninstallWebhook extends Omit<ReachableWebhook, 'rules' | 'sideEffects'> {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly ['DELETE'];
    readonly scope: 'Namespaced';
  }[];
  readonly sideEffects: 'NoneOnDryRun';
}

/** The entry. An uninstall goes on where nobody answers, or not in time. */
export function uninstallWebhook(clientConfig: ClientConfig, namespaceSelector: LabelSelector): UninstallWebhook {
  return {
    name: UNINSTALL_WEBHOOK,
    clientConfig,
    rules: [
      {
        apiGroups: [''],
        apiVersions: ['*'],
        resources: ['configmaps'],
        operations: ['DELETE'],
        scope: 'Namespaced',
      },
    ],
    failurePolicy: 'Ignore',
    timeoutSeconds: 5,
    matchPolicy: 'Equivalent',
    sideEffects: 'NoneOnDryRun',
    admissionReviewVersions: ['v1'],
    namespaceSelector,
    objectSelector: { matchExpressions: [{ key: UNINSTALL_LABEL, operator: 'Exists' }] },
  };
}
