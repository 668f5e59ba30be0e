// Who may use a capability class, where no API server can be asked: what the roles and bindings of the input say.
import type { Surroundings, UseRequest } from '../engine/gate.ts';
import { isObjectName } from '../kubernetes/object-name.ts';
import { serviceAccountUser } from '../kubernetes/service-account.ts';
import type { InputObject } from './objects.ts';
import { authorizerFrom, isRbac } from './rbac/from-objects.ts';

export interface AuthorizationOptions {
  /** Of Roles and RoleBindings that name none. */
  readonly namespace: string;
  /** When everybody is taken to be allowed everything. Without roles and without this, nobody can tell. */
  readonly assume: 'always' | 'withoutRoles' | 'never';
  /** Called once for each thing that a reader of the results has to know; only where a workload asked for a class. */
  readonly note: (line: string) => void;
}

/** The answers that these objects give; undefined where nobody can tell. */
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

/** Either is enough: pods that a controller makes come with the controller's user, and not with that of their owner. */
function isAllowed(request: UseRequest, authorizer: ReturnType<typeof authorizerFrom>): boolean {
  const { user, className, namespace, serviceAccount } = request;
  if (authorizer(user, className, namespace)) return true;
  // A name that no service account can have is nobody's, and in no group.
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
