// Who may use a capability class, by the Roles and bindings of the input: offline no API server can be asked.
import type { Surroundings, UseRequest } from '../../engine/gate.ts';
import { isObjectName } from '../../kubernetes/object-name.ts';
import { serviceAccountUser } from '../../kubernetes/service-account.ts';
import type { InputObject } from './objects.ts';
import { authorizerFrom, isRbac } from './rbac/from-objects.ts';

/** How to find out who may use a class. */
export interface AuthorizationOptions {
  /** The namespace of Roles and RoleBindings that do not name one. */
  readonly namespace: string;
  /** When everybody is assumed to be allowed to use every class. */
  readonly assume: 'always' | 'withoutRoles' | 'never';
  /** Called once for each thing that a reader of the results has to know; only where a workload asked for a class. */
  readonly note: (line: string) => void;
}

/** Answers requests to use a class by these objects; undefined where they hold no Roles and nothing may be assumed. */
export function mayUseFrom(
  objects: readonly InputObject[],
  { namespace, assume, note }: AuthorizationOptions,
): Surroundings['mayUse'] {
  const hasRoles = objects.some(isRbac);
  if (assume === 'never' && !hasRoles) return undefined;
  const saySoOnce = once(note);
  if (assume === 'always' || !hasRoles) {
    const because = assume === 'always' ? '--assume-authorized' : 'no Roles or bindings among the inputs';
    return () => {
      saySoOnce(`capability classes: authorisation assumed (${because})`);
      return 'allowed';
    };
  }
  const authorizer = lazily(() => authorizerFrom(objects, namespace, note));
  return (request) => {
    if (isAllowed(request, authorizer())) return 'allowed';
    saySoOnce(
      'capability classes: authorised only by the Roles and bindings among the inputs ' +
        '(use --assume-authorized where those of the cluster are kept elsewhere)',
    );
    return 'denied';
  };
}

/** The user or the service account: pods that a controller makes arrive with the user of the controller. */
function isAllowed(request: UseRequest, authorizer: ReturnType<typeof authorizerFrom>): boolean {
  const { user, className, namespace, serviceAccount } = request;
  if (authorizer(user, className, namespace)) return true;
  // An invalid name belongs to no account, and to none of the groups that all accounts are in.
  if (!isObjectName(serviceAccount)) return false;
  return authorizer(serviceAccountUser(namespace, serviceAccount), className, namespace);
}

function once(say: (line: string) => void): (line: string) => void {
  let said = false;
  return (line) => {
    if (!said) say(line);
    said = true;
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
