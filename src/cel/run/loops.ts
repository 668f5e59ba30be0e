// Loops. Sources: github.com/google/cel-spec/doc/langdef.md, "Macros"; github.com/google/cel-go/ext/comprehensions.go.
import { sortedBy } from '../library/lists.ts';
import type { LoopName } from '../syntax/ast.ts';
import { EntryMap } from '../values/entry-map.ts';
import { entriesOf, sizeOfMap } from '../values/equal.ts';
import { isList, kindOf, toValue, type Value } from '../values/value.ts';
import { Failure } from './budget.ts';
import type { Frame, Program } from './frame.ts';

/** A loop, ready to run. */
export interface Loop {
  readonly loop: LoopName;
  readonly range: Program;
  /** Where the variables are kept: the second of a loop of two. */
  readonly first: number;
  readonly second: number | undefined;
  readonly filter: Program | undefined;
  readonly body: Program;
  /** What is read of a list or map. */
  readonly read: (value: Value) => Value;
}

/** What an error costs that a loop or an operator gets over. */
export const FAILURE_COST = 20;

/** Makes the program of a loop. */
export function loopProgram(loop: Loop): Program {
  switch (loop.loop) {
    case 'all':
      return (frame) => decided(loop, frame, false);
    case 'exists':
      return (frame) => decided(loop, frame, true);
    case 'exists_one':
      return (frame) => {
        let count = 0;
        for (const _ of rounds(loop, frame)) if (truth(loop.body(frame), loop)) count++;
        return count === 1;
      };
    case 'filter':
      return (frame) => {
        const kept: Value[] = [];
        for (const [key, item] of rounds(loop, frame)) {
          if (truth(loop.body(frame), loop)) kept.push(single(key, item));
        }
        return kept;
      };
    case 'map':
    case 'transformList':
      return (frame) => {
        const results: Value[] = [];
        for (const _ of rounds(loop, frame)) if (passes(loop, frame)) results.push(loop.body(frame));
        return results;
      };
    case 'sortBy':
      return (frame) => {
        const items: Value[] = [];
        const keys: Value[] = [];
        for (const [, item] of rounds(loop, frame)) {
          items.push(item);
          keys.push(loop.body(frame));
        }
        return sortedBy(items, keys, frame.budget);
      };
    case 'transformMap':
      return (frame) => {
        const map = new EntryMap();
        for (const [key, item] of rounds(loop, frame)) {
          if (passes(loop, frame)) add(map, key ?? item, loop.body(frame));
        }
        return map;
      };
    case 'transformMapEntry':
      return (frame) => {
        const map = new EntryMap();
        for (const _ of rounds(loop, frame)) {
          if (!passes(loop, frame)) continue;
          for (const [key, value] of entriesOf(loop.body(frame))) {
            frame.budget.charge(1);
            add(map, key, value);
          }
        }
        return map;
      };
  }
}

/** Runs `all` and `exists` until it is decided: what could not be evaluated does not matter if another entry decides. */
function decided(loop: Loop, frame: Frame, decides: boolean): boolean {
  let failure: Failure | undefined;
  for (const _ of rounds(loop, frame)) {
    try {
      if (truth(loop.body(frame), loop) === decides) return decides;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      frame.budget.charge(FAILURE_COST);
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return !decides;
}

function passes({ filter, loop }: Loop, frame: Frame): boolean {
  return filter === undefined || truth(filter(frame), { loop });
}

function truth(value: Value, { loop }: Pick<Loop, 'loop'>): boolean {
  if (typeof value === 'boolean') return value;
  throw new Failure(`the condition of ${loop} is true or false, found ${kindOf(value)}`);
}

function add(map: EntryMap, key: Value, value: Value): void {
  if (!map.add(key, value)) throw new Failure('a key is there already, or cannot be one');
}

/** What a loop of one variable goes through: the keys of maps, and the entries of lists. */
function single(key: Value | undefined, item: Value): Value {
  return key ?? item;
}

/** Goes through a list or map, with the variables set: gives the keys of maps, and the entries. */
function* rounds(
  { range, first, second, loop, read }: Loop,
  frame: Frame,
): Iterable<readonly [Value | undefined, Value]> {
  const whole = range(frame);
  if (isList(whole)) {
    for (let index = 0; index < whole.length; index++) {
      frame.budget.charge(1);
      const item = read(toValue(whole[index]));
      frame.slots[first] = second === undefined ? item : BigInt(index);
      if (second !== undefined) frame.slots[second] = item;
      yield [second === undefined ? undefined : BigInt(index), item];
    }
    return;
  }
  if (kindOf(whole) !== 'map') throw new Failure(`${loop} goes through a list or map, found ${kindOf(whole)}`);
  frame.budget.charge(sizeOfMap(whole));
  for (const [key, value] of entriesOf(whole)) {
    frame.budget.charge(1);
    frame.slots[first] = key;
    if (second !== undefined) frame.slots[second] = read(value);
    yield [key, value];
  }
}
