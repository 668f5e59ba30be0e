// The message for a class whose use is not authorised: who was asked about, and the commands that would allow it.
import { isObjectName } from '../kubernetes/object-name.ts';
import { cutUnits, oneLine } from '../model/one-line.ts';
import type { UserInfo } from '../model/subject.ts';

/** A use of a class, in a namespace, that was not authorised. */
export interface UseAttempt {
  readonly className: string;
  readonly namespace: string;
  readonly user: UserInfo;
  readonly serviceAccount: string;
}

/** Room for a service account's user name; the names of other users can be of any length. */
const MOST = 360;

/**
 * What is wrong and how to fix it, each on one line of bounded length.
 * @param answer `unknown` where the API server could not be asked
 */
export function notAuthorized(
  attempt: UseAttempt,
  answer: 'denied' | 'unknown',
): { readonly detail: string; readonly fix: string } {
  const { user, className, namespace, serviceAccount } = attempt;
  const account = `service account ${quoted(serviceAccount)}`;
  const either = user.username === '' ? account : `user ${quoted(user.username)} or ${account}`;
  const neither =
    user.username === '' ? `${account} may not` : `neither user ${quoted(user.username)} nor ${account} may`;
  const what = `use capability class ${quoted(className)} in namespace ${quoted(namespace)}`;
  if (answer === 'unknown') {
    return {
      detail: `the API server could not be asked whether ${either} may ${what}, so the class is not granted`,
      fix: 'try again in a moment; if it keeps failing, ask an administrator whether sandgate can reach the API server and may create subjectaccessreviews',
    };
  }
  return { detail: `${neither} ${what}`, fix: commandsFor(attempt) };
}

/**
 * The commands for an administrator. `kubectl create role` accepts the verb `use` for a fixed list of resources only (from
 * the days of PodSecurityPolicy), and for `*`, which is safe here: no other kind of the group has that verb.
 */
function commandsFor({ className, namespace, serviceAccount }: UseAttempt): string {
  // The commands will be pasted into a shell, so nothing from a manifest goes into them unless it is a plain name.
  if (![className, namespace, serviceAccount].every(isObjectName)) {
    return 'use a valid service account name, and ask an administrator to let it use the class';
  }
  const role = `use-${className}`;
  return (
    `an administrator can allow it with: kubectl create role ${role} --verb=use --resource='*.sandgate.dev' ` +
    `--resource-name=${className} -n ${namespace}; kubectl create rolebinding ${role}-${serviceAccount} ` +
    `--role=${role} --serviceaccount=${namespace}:${serviceAccount} -n ${namespace}`
  );
}

/** In double quotes and of bounded length; line breaks and characters that would hide text are escaped. */
function quoted(text: string): string {
  const whole = oneLine(JSON.stringify(cutUnits(text, MOST)));
  return whole.length <= MOST ? whole : `${cutUnits(whole, MOST)}"`;
}
