// Calls of functions. Which form of a function is called is decided by what its arguments are when it is called: the types
// that were checked say which forms there are to choose from, and what a tenant wrote need not be of its type.
import type { Overload, Run } from '../library/function.ts';
import { nameOf } from '../types/type.ts';
import { type Kind, kindOf, type Value } from '../values/value.ts';
import { Allowance, Failure, OutOfBudget } from './budget.ts';
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
  return dispatch(candidates, args, wrongArguments(overloads));
}

/** Calls the first form that is for what the arguments are. Nearly all calls have one argument or two. */
function dispatch(candidates: readonly Candidate[], args: readonly Program[], fault: string): Program {
  const [first, second, ...others] = args;
  if (first && second && others.length === 0) {
    return (frame) => {
      frame.budget.charge(1);
      const [a, b] = [first(frame), second(frame)];
      for (const { kinds, run } of candidates)
        if (isOf(a, kinds[0]) && isOf(b, kinds[1])) return run([a, b], frame.budget);
      throw unsuitable(fault, [a, b]);
    };
  }
  if (first && !second) {
    return (frame) => {
      frame.budget.charge(1);
      const value = first(frame);
      for (const { kinds, run } of candidates) if (isOf(value, kinds[0])) return run([value], frame.budget);
      throw unsuitable(fault, [value]);
    };
  }
  return (frame) => {
    frame.budget.charge(1);
    const values = args.map((arg) => arg(frame));
    for (const { kinds, run } of candidates) if (areOf(values, kinds)) return run(values, frame.budget);
    throw unsuitable(fault, values);
  };
}

function isOf(value: Value, kind: Kind | undefined): boolean {
  return kind === undefined || kindOf(value) === kind;
}

function unsuitable(fault: string, values: readonly Value[]): Failure {
  return new Failure(`${fault}, found ${values.map(kindOf).join(' and ') || 'nothing'}`);
}

/** Conversions of which a constant that is wrong is found when the expression is loaded, as Kubernetes does it. */
const CONVERSIONS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'bool', 'timestamp', 'duration']);
/** What costs more is left to be done when it is needed. */
const CONSTANT_COST = 10_000;

/** The result of a call that has constants alone: nothing that can be called gives another one the second time. */
function constantOf(
  candidates: readonly Candidate[],
  [first]: readonly Overload[],
  constants: readonly (Value | undefined)[],
): Value | undefined {
  const values = constants.flatMap((constant) => (constant === undefined ? [] : [constant]));
  if (first === undefined || values.length < constants.length) return undefined;
  try {
    return candidates.find(({ kinds }) => areOf(values, kinds))?.run(values, new Allowance(CONSTANT_COST));
  } catch (error) {
    if (error instanceof OutOfBudget || !CONVERSIONS.has(first.name)) return undefined;
    throw error;
  }
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
