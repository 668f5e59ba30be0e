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
        run(loop, frame, () => {
          if (truth(loop.body(frame), loop)) count++;
          return false;
        });
        return count === 1;
      };
    case 'filter':
      return (frame) => {
        const kept: Value[] = [];
        run(loop, frame, (key, item) => {
          // Of maps the keys are kept.
          if (truth(loop.body(frame), loop)) kept.push(key ?? item);
          return false;
        });
        return kept;
      };
    case 'map':
    case 'transformList':
      return (frame) => {
        const results: Value[] = [];
        run(loop, frame, () => {
          if (passes(loop, frame)) results.push(loop.body(frame));
          return false;
        });
        return results;
      };
    case 'sortBy':
      return (frame) => {
        const items: Value[] = [];
        const keys: Value[] = [];
        run(loop, frame, (_, item) => {
          items.push(item);
          keys.push(loop.body(frame));
          return false;
        });
        return sortedBy(items, keys, frame.budget);
      };
    case 'transformMap':
      return (frame) => {
        const map = new EntryMap();
        run(loop, frame, (key, item) => {
          if (passes(loop, frame)) add(map, key ?? item, loop.body(frame));
          return false;
        });
        return map;
      };
    case 'transformMapEntry':
      return (frame) => {
        const map = new EntryMap();
        run(loop, frame, () => {
          if (passes(loop, frame)) addAll(map, loop.body(frame), frame);
          return false;
        });
        return map;
      };
  }
}

/** Runs `all` and `exists` until it is decided: what could not be evaluated does not matter if another entry decides. */
function decided(loop: Loop, frame: Frame, decides: boolean): boolean {
  let failure: Failure | undefined;
  const stopped = run(loop, frame, () => {
    try {
      return truth(loop.body(frame), loop) === decides;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      frame.budget.charge(FAILURE_COST);
      failure ??= error;
      return false;
    }
  });
  if (stopped) return decides;
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

function addAll(map: EntryMap, entries: Value, { budget }: Frame): void {
  for (const [key, value] of entriesOf(entries)) {
    budget.charge(1);
    add(map, key, value);
  }
}

function add(map: EntryMap, key: Value, value: Value): void {
  if (!map.add(key, value)) throw new Failure('a key is there already, or cannot be one');
}

/**
 * Goes through a list or map with the variables set, until `visit` says to stop. Not a generator: loops inside of loops are
 * where the time goes.
 * @param visit is given the key in a map, the index in a list that is gone through with two variables, and the entry
 * @returns whether it was stopped
 */
function run(loop: Loop, frame: Frame, visit: (key: Value | undefined, item: Value) => boolean): boolean {
  const { range, first, second, read } = loop;
  const { slots, budget } = frame;
  const whole = range(frame);
  if (isList(whole)) {
    for (let index = 0; index < whole.length; index++) {
      budget.charge(1);
      const item = read(toValue(whole[index]));
      if (second === undefined) {
        slots[first] = item;
        if (visit(undefined, item)) return true;
        continue;
      }
      const key = BigInt(index);
      slots[first] = key;
      slots[second] = item;
      if (visit(key, item)) return true;
    }
    return false;
  }
  if (kindOf(whole) !== 'map') throw new Failure(`${loop.loop} goes through a list or map, found ${kindOf(whole)}`);
  budget.charge(sizeOfMap(whole));
  for (const [key, value] of entriesOf(whole)) {
    budget.charge(1);
    slots[first] = key;
    if (second !== undefined) slots[second] = read(value);
    if (visit(key, value)) return true;
  }
  return false;
}
