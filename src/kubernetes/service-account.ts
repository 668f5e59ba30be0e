// Service accounts: which one a pod runs as, and as which user the API server knows it.
import { ownField, stringField } from '../model/json.ts';
import type { UserInfo } from '../model/subject.ts';

/** The service account of a pod that names none. */
const DEFAULT = 'default';

/**
 * The service account that a pod, or the pods of a template, run as. `serviceAccount` is the deprecated name of the field.
 * It counts where the new one is empty: the API server copies it in pods, but not in custom resources.
 * @param template an object with `spec`, of any shape
 */
export function serviceAccountOf(template: unknown): string {
  const spec = ownField(template, 'spec');
  return stringField(spec, 'serviceAccountName') || stringField(spec, 'serviceAccount') || DEFAULT;
}

/** The user that the API server authenticates a service account as, with the groups it always has. */
export function serviceAccountUser(namespace: string, name: string): UserInfo {
  return { username: `system:serviceaccount:${namespace}:${name}`, groups: serviceAccountGroups(namespace) };
}

/** The groups of every service account of a namespace. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
}
