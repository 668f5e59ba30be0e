// What to say where nobody was allowed to use a class: who was asked, and the commands that would allow it.
import { isObjectName } from '../kubernetes/object-name.ts';
import { cutUnits, oneLine } from '../model/one-line.ts';
import type { UserInfo } from '../model/subject.ts';

/** Somebody who would use a class, in a namespace. */
export interface UseAttempt {
  readonly className: string;
  readonly namespace: string;
  readonly user: UserInfo;
  readonly serviceAccount: string;
}

/** Room for a service account's name as a user; those of other users have no bound at all. */
const MOST = 360;

/**
 * What is wrong and how to mend it, each on one line of bounded length.
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
      detail: `nobody could tell whether ${either} may ${what}, and without a yes it is a no`,
      fix: 'try again in a moment; if it stays, ask an administrator whether sandgate reaches the API server and may create subjectaccessreviews',
    };
  }
  return { detail: `${neither} ${what}`, fix: commandsFor(attempt) };
}

/**
 * What an administrator would type. kubectl lets no role have the verb `use` for a resource that it does not know from
 * long ago (it names PodSecurityPolicies), but asks nothing about `*`; no other kind of ours knows that verb.
 */
function commandsFor({ className, namespace, serviceAccount }: UseAttempt): string {
  // Made to be pasted into a shell: whoever writes a manifest must not write the command.
  if (![className, namespace, serviceAccount].every(isObjectName)) {
    return 'name a service account that can exist, and have an administrator let it use the class';
  }
  const role = `use-${className}`;
  return (
    `an administrator can allow it with: kubectl create role ${role} --verb=use --resource='*.sandgate.dev' ` +
    `--resource-name=${className} -n ${namespace}; kubectl create rolebinding ${role}-${serviceAccount} ` +
    `--role=${role} --serviceaccount=${namespace}:${serviceAccount} -n ${namespace}`
  );
}

/** In double quotes, with what would break the line or hide part of it shown as an escape. */
function quoted(text: string): string {
  const whole = oneLine(JSON.stringify(cutUnits(text, MOST)));
  return whole.length <= MOST ? whole : `${cutUnits(whole, MOST)}"`;
}
