// Service accounts as the API server sees them: which one a pod runs as, and the user that one is.
import { ownField, stringField } from '../model/json.ts';
import type { UserInfo } from '../model/subject.ts';

/** The API server gives it to every pod that names none. */
const DEFAULT = 'default';

/**
 * The service account that a pod, or the pods of a template, run as. `serviceAccount` is the old name of the field, and
 * counts where the new one is empty: in a custom resource nobody has copied it yet.
 * @param template an object with `spec`, of whatever shape
 */
export function serviceAccountOf(template: unknown): string {
  const spec = ownField(template, 'spec');
  return stringField(spec, 'serviceAccountName') || stringField(spec, 'serviceAccount') || DEFAULT;
}

/** The user that a service account is, with the groups it always has. */
export function serviceAccountUser(namespace: string, name: string): UserInfo {
  return { username: `system:serviceaccount:${namespace}:${name}`, groups: serviceAccountGroups(namespace) };
}

/** The groups of every service account of a namespace. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
}
