// What the check of types says.

import type { Overload } from '../library/function.ts';
import { FUNCTIONS } from '../library/index.ts';
import { Refused } from '../refusal.ts';
import { LOOP_NAMES } from '../syntax/macros.ts';
import { nameOf, type Type } from '../types/type.ts';

/** What ValidatingAdmissionPolicies have and policies of Sandgate have not. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['authorizer', 'authorizer is not available (match.conditions can ask request.userInfo)'],
  ['cel', 'cel.bind is not available (give the value a name under variables)'],
  ['params', 'params is not available (write the values into the policy)'],
]);

export function unknownVariable(name: string, offset: number, known: readonly string[]): Refused {
  const why = ELSEWHERE.get(name);
  if (why !== undefined) return new Refused(offset, why);
  return new Refused(offset, `unknown variable ${name}`, { word: name, known });
}

/** A function of this name does not exist, or not in this form: as a function, or as a method. */
export function unknownFunction(name: string, method: boolean, offset: number): Refused {
  const forms = FUNCTIONS.get(name);
  if (forms !== undefined) {
    const instead = method ? `${name}(…)` : `value.${name}(…)`;
    return new Refused(offset, `${name}() is written as ${instead}`);
  }
  const known = [...FUNCTIONS].flatMap(([other, overloads]) =>
    /^\w/.test(other) && overloads.some((overload) => overload.method === method) ? [other] : [],
  );
  return new Refused(offset, `${name}() is not available`, {
    word: name,
    known: method ? [...known, ...LOOP_NAMES] : ['has', ...known],
  });
}

/** No form of a function is for arguments of these types. */
export function noOverload(
  name: string,
  method: boolean,
  args: readonly Type[],
  forms: readonly Overload[],
  offset: number,
): Refused {
  const found = callText(name, method, args);
  if (!/^\w/.test(name) || name.startsWith('_'))
    return new Refused(offset, `no such overload: ${found}${mixedHint(args)}`);
  const known = forms.filter((form) => form.method === method).map((form) => callText(name, method, form.params));
  const expected = known.length > 4 ? '' : ` (expected ${known.join(' or ')})`;
  return new Refused(offset, `no such overload: ${found}${expected}`);
}

function mixedHint(args: readonly Type[]): string {
  const isMixed = args.every(({ kind }) => kind === 'int' || kind === 'uint' || kind === 'double');
  return args.length === 2 && isMixed ? ' (convert one of them, as in double(1))' : '';
}

/** `string.charAt(int)`, `int + string`, `!string`. */
function callText(name: string, method: boolean, args: readonly Type[]): string {
  const [first = '', ...rest] = args.map(nameOf);
  if (name === '_[_]' || name === '_[?_]') return `${first}[${rest.join(', ')}]`;
  if (name.endsWith('_') && name.startsWith('_')) return `${first} ${name.slice(1, -1)} ${rest.join(', ')}`;
  if (name.endsWith('_')) return `${name.slice(0, -1)}${first}`;
  return method
    ? `${first}.${name}(${rest.join(', ')})`
    : `${name}(${[first, ...rest].filter((arg) => arg !== '').join(', ')})`;
}
