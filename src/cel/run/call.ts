// Calls of functions. Which form of a function is called is decided by what its arguments are when it is called: the types
// that were checked say which forms there are to choose from, and what a tenant wrote need not be of its type.
import type { Overload, Run } from '../library/function.ts';
import { nameOf } from '../types/type.ts';
import { type Kind, kindOf, type Value } from '../values/value.ts';
import { Allowance, Failure } from './budget.ts';
import type { Program } from './frame.ts';
import { kindOfType } from './kinds.ts';

/** One form of a function, ready to be called. */
interface Candidate {
  /** Of each argument the kind it must have; undefined where any will do. */
  readonly kinds: readonly (Kind | undefined)[];
  readonly run: Run;
}

/**
 * The program of a call. Throws `Failure` where a constant is not what the function is for.
 * @param constants the arguments that are constants; undefined for the others
 */
export function callProgram(
  overloads: readonly Overload[],
  args: readonly Program[],
  constants: readonly (Value | undefined)[],
): Program {
  const among = membership(overloads, args, constants);
  if (among) return among;
  const candidates = overloads.map(({ params, run, prepare }): Candidate => {
    return { kinds: params.map(kindOfType), run: prepare ? prepare(constants) : run };
  });
  const converted = constantOf(candidates, overloads, constants);
  if (converted !== undefined) return () => converted;
  const fault = wrongArguments(overloads);
  return (frame) => {
    const { budget } = frame;
    budget.charge(1);
    const values = args.map((arg) => arg(frame));
    for (const { kinds, run } of candidates) if (areOf(values, kinds)) return run(values, budget);
    throw new Failure(`${fault}, found ${values.map(kindOf).join(' and ') || 'nothing'}`);
  };
}

/** Conversions of constants are made once: what is wrong with one is found when the expression is loaded. */
const CONVERSIONS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'bool', 'timestamp', 'duration']);
const CONVERSION_COST = 10_000;

function constantOf(
  candidates: readonly Candidate[],
  [first]: readonly Overload[],
  constants: readonly (Value | undefined)[],
): Value | undefined {
  const values = constants.flatMap((constant) => (constant === undefined ? [] : [constant]));
  if (first === undefined || !CONVERSIONS.has(first.name) || values.length < constants.length) return undefined;
  return candidates.find(({ kinds }) => areOf(values, kinds))?.run(values, new Allowance(CONVERSION_COST));
}

function areOf(values: readonly Value[], kinds: readonly (Kind | undefined)[]): boolean {
  for (let index = 0; index < kinds.length; index++) {
    const kind = kinds[index];
    const value = values[index];
    if (value === undefined || (kind !== undefined && kindOf(value) !== kind)) return false;
  }
  return true;
}

function wrongArguments(overloads: readonly Overload[]): string {
  const [first] = overloads;
  return first ? `${first.name} is for ${first.params.map(nameOf).join(' and ')}` : 'no such function';
}

/** A list of text that is longer is looked through by its hash. */
const SHORT_LIST = 4;

/** `x in ['a', 'b', …]`, with text alone in the list. */
function membership(
  [only, ...others]: readonly Overload[],
  [item]: readonly Program[],
  [, list]: readonly (Value | undefined)[],
): Program | undefined {
  if (only?.name !== '_in_' || others.length > 0 || item === undefined || !Array.isArray(list)) return undefined;
  if (list.length <= SHORT_LIST || !list.every((entry) => typeof entry === 'string')) return undefined;
  const texts: ReadonlySet<unknown> = new Set(list);
  return (frame) => {
    frame.budget.charge(2);
    return texts.has(item(frame));
  };
}
