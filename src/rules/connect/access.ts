// Whether a user may connect: what the checks of this rule have in common.
import type { Violation } from '../../model/finding.ts';
import { cutUnits } from '../../model/one-line.ts';
import type { UserInfo } from '../../model/subject.ts';
import { joinQuoted, quoteVisible } from '../../model/text.ts';
import { compilePeople, namesOf, type People } from '../people.ts';
import type { AccessOrDeny } from './parameters.ts';

/** Nothing of the request's object says who sends it: the place in the request. */
const WHO = 'userInfo';

/** A test of users: undefined for one who may. */
export type TestUser = (user: UserInfo) => Violation | undefined;

/** Makes the test whether a user may connect at all. */
export function compileUsers(access: AccessOrDeny): TestUser {
  if (access === 'Deny') return (user) => refusedUser(user, 'nobody may');
  const { users, groups, serviceAccounts } = access;
  if (users === undefined && groups === undefined && serviceAccounts === undefined) return () => undefined;
  const people: People = access;
  const may = compilePeople(people);
  const names = namesOf(people).join(', ');
  const allowed = names === '' ? 'nobody may' : `allowed: ${names}`;
  return (user) => (may(user) ? undefined : refusedUser(user, allowed));
}

function refusedUser({ username }: UserInfo, allowed: string): Violation {
  const who = username === '' ? 'a user without a name' : `user ${quoteVisible(username)}`;
  return { path: WHO, inObject: true, allowed: `${who} may not (${allowed})` };
}

/** Makes the test of the container that is connected to: one of a capability class has to be named. */
export function compileContainers(
  access: AccessOrDeny,
): (container: string | undefined, ofClass: string | undefined) => Violation | undefined {
  const { containers } = access === 'Deny' ? {} : access;
  const named = containers && new Set(containers);
  const list = containers?.length === 0 ? 'none' : joinQuoted(containers ?? []);
  return (container, ofClass) => {
    if (named !== undefined && container !== undefined && named.has(container)) return undefined;
    const which = container === undefined ? 'the request names no container' : `container ${quoteVisible(container)}`;
    if (ofClass !== undefined) {
      return refusedContainer(
        container,
        `${which} is one of capability class ${quoteVisible(ofClass)}, and not among those that are named`,
      );
    }
    if (named === undefined) return undefined;
    return refusedContainer(
      container,
      `${which} ${container === undefined ? 'and' : 'is'} not one of those allowed: ${list}`,
    );
  };
}

function refusedContainer(container: string | undefined, allowed: string): Violation {
  return { path: 'container', inObject: true, ...(container !== undefined && { value: container }), allowed };
}

/** Makes the test of the command. */
export function compileCommands(access: AccessOrDeny): (command: readonly string[]) => Violation | undefined {
  const { commands } = access === 'Deny' ? {} : access;
  if (commands === undefined) return () => undefined;
  const allowed = new Set(commands.map((command) => JSON.stringify(command)));
  const list = commands.length === 0 ? 'none' : commands.map((command) => JSON.stringify(command)).join(', ');
  return (command) => {
    const written = JSON.stringify(command);
    if (allowed.has(written)) return undefined;
    return {
      path: 'command',
      inObject: true,
      value: command,
      allowed: `command ${cutUnits(written, LONGEST_COMMAND)} is not one of those allowed: ${list}`,
    };
  };
}

const LONGEST_COMMAND = 200;

/** The texts of the violations, each once. */
export function inDetail(violations: readonly Violation[]): string {
  return [...new Set(violations.map(({ allowed = '' }) => allowed))].join('; ');
}
