// The users that the examples of this rule's checks are about: every way to name somebody who may, and who then may not.
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { UserInfo } from '../../model/subject.ts';
import type { CheckRequest, FailExample, PassExample } from '../check.ts';
import type { Connection } from '../connection.ts';
import type { ConnectParameters } from './parameters.ts';

const JANE: UserInfo = { username: 'jane', groups: ['developers'] };
const SRE: UserInfo = { username: 'kim', groups: ['sre'] };
const ROBOT: UserInfo = { username: 'system:serviceaccount:ops:debugger', groups: ['system:serviceaccounts'] };

export const POD: PodTemplate = { spec: { containers: [{ name: 'agent' }] } };

/** A request of a user for a connection to the container `agent`, unless it says otherwise. */
export function connecting(
  connection: Partial<Connection> & Pick<Connection, 'kind'>,
  user = JANE,
): Partial<CheckRequest> {
  const { container = 'agent', command = [], ofClass } = connection;
  const object = { ...(container !== undefined && { container }), ...(command.length > 0 && { command }) };
  return { user, object, connection: { kind: connection.kind, container, command, ofClass } };
}

/** What passes of a kind of connection, whatever else its check asks for. */
export function passes(
  key: keyof ConnectParameters,
  kind: Connection['kind'],
): readonly PassExample<ConnectParameters>[] {
  const to = (user: UserInfo): Partial<CheckRequest> => connecting({ kind }, user);
  return [
    { name: 'a user who is named', parameters: { [key]: { users: ['jane'] } }, pod: POD, request: to(JANE) },
    { name: 'a member of a group', parameters: { [key]: { groups: ['sre'] } }, pod: POD, request: to(SRE) },
    {
      name: 'a service account',
      parameters: { [key]: { serviceAccounts: ['ops/debugger'] } },
      pod: POD,
      request: to(ROBOT),
    },
    { name: 'another kind of request', parameters: { [key]: 'Deny' }, pod: POD },
  ];
}

/** What is refused likewise. */
export function refusals(
  key: keyof ConnectParameters,
  kind: Connection['kind'],
  reason: string,
): readonly FailExample<ConnectParameters>[] {
  const at = { paths: ['userInfo'], values: [undefined], pod: POD, request: connecting({ kind }) } as const;
  return [
    {
      name: 'anybody, where nobody may',
      parameters: { [key]: 'Deny' },
      says: `${reason} (user "jane" may not (nobody may))`,
      ...at,
    },
    {
      name: 'anybody, where the list is empty',
      parameters: { [key]: { groups: [] } },
      says: `${reason} (user "jane" may not (nobody may))`,
      ...at,
    },
    {
      name: 'a user whom no list names',
      parameters: { [key]: { users: ['kim'], groups: ['sre'], serviceAccounts: ['ops/debugger'] } },
      says: `${reason} (user "jane" may not (allowed: user "kim", group "sre", service account "ops/debugger"))`,
      ...at,
    },
  ];
}
