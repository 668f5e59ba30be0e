// What a function of CEL is: its types, and what it does. A function can have several forms, which differ in their types.
import type { Budget } from '../run/budget.ts';
import type { Type } from '../types/type.ts';
import { typeOf } from '../types/written.ts';
import type { Value } from '../values/value.ts';
import type { Arguments } from './arguments.ts';

/**
 * What a function does. The arguments are of the kinds that its form says. Throws `Failure` where it has no result for them,
 * and charges what it costs beyond one unit before it does the work.
 */
export type Run = (args: Arguments, budget: Budget) => Value;

/** One form of a function. */
export interface Overload {
  readonly name: string;
  /** True where it is called on its first argument: `text.size()`. */
  readonly method: boolean;
  readonly params: readonly Type[];
  readonly result: Type;
  readonly run: Run;
  /**
   * What to do where some arguments are constants; undefined for those that are not. Throws `Failure` where a constant is
   * wrong, which is then found when the expression is loaded.
   */
  readonly prepare?: ((constants: readonly (Value | undefined)[]) => Run) | undefined;
}

/** A part of the language that comes as a whole. */
export type Library = readonly Overload[];

const SIGNATURE = /^([\w.@]+|[!-]?_\S*|-_)\((.*)\): (.+)$/;

/** A function: `fn('strings.quote(string): string', …)`. */
export function fn(signature: string, run: Run, prepare?: Overload['prepare']): Overload {
  const { name, params, result } = read(signature);
  return { name, method: false, params, result, run, prepare };
}

/** A method: `method('string', 'charAt(int): string', …)`. */
export function method(target: string, signature: string, run: Run, prepare?: Overload['prepare']): Overload {
  const { name, params, result } = read(signature);
  return { name, method: true, params: [typeOf(target), ...params], result, run, prepare };
}

function read(signature: string): { readonly name: string; readonly params: readonly Type[]; readonly result: Type } {
  const [, name, params, result] = SIGNATURE.exec(signature) ?? [];
  if (name === undefined || params === undefined || result === undefined) {
    throw new Error(`not the signature of a function: ${signature}`);
  }
  return { name, params: paramsOf(params), result: typeOf(result) };
}

/** Types are separated by commas; those between the brackets of a type do not count. */
function paramsOf(written: string): readonly Type[] {
  if (written === '') return [];
  const types: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < written.length; at++) {
    if (written[at] === '<') depth++;
    else if (written[at] === '>') depth--;
    else if (written[at] === ',' && depth === 0) {
      types.push(written.slice(start, at));
      start = at + 1;
    }
  }
  types.push(written.slice(start));
  return types.map((type) => typeOf(type.trim()));
}
