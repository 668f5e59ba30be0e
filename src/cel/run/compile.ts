// Makes programs of expressions whose types have been checked: once, when they are loaded.
import type { Checked } from '../check/checker.ts';
import { TYPE_NAMES } from '../library/conversions.ts';
import { unwrapped } from '../library/optional.ts';
import { Refused } from '../refusal.ts';
import type {
  CallNode,
  ListNode,
  LogicNode,
  LoopNode,
  MapNode,
  NameNode,
  Node,
  OptionalLoopNode,
} from '../syntax/ast.ts';
import { EntryMap } from '../values/entry-map.ts';
import { kindOf, NONE, Optional, type Value } from '../values/value.ts';
import { optionallySelected, present, readAs, readerOf, selected } from './access.ts';
import { Failure } from './budget.ts';
import { callProgram } from './call.ts';
import type { Program } from './frame.ts';
import { FAILURE_COST, loopProgram } from './loops.ts';

/** The program of a part. Throws {@link Refused} where a constant is wrong. */
export function compileNode(node: Node, checked: Checked): Program {
  const program = programOf(node, checked);
  return checked.watch ? checked.watch(node, program) : program;
}

function programOf(node: Node, checked: Checked): Program {
  switch (node.op) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return nameProgram(node, checked);
    case 'select': {
      const operand = compileNode(node.operand, checked);
      const program = node.optional ? optionallySelected(operand, node.field) : selected(operand, node.field);
      return readAs(checked.typeOf(node), program);
    }
    case 'has':
      return present(compileNode(node.operand, checked), node.field);
    case 'call':
      return compileCall(node, checked);
    case 'list':
      return listProgram(node, checked);
    case 'map':
      return mapProgram(node, checked);
    case 'and':
    case 'or':
      return logicProgram(node, checked);
    case 'choice': {
      const [test, yes, no] = [node.test, node.yes, node.no].map((part) => compileNode(part, checked));
      return (frame) => {
        const value = test?.(frame);
        const chosen = value === true ? yes : value === false ? no : undefined;
        if (chosen === undefined) throw new Failure('what stands before ? is neither true nor false');
        return chosen(frame);
      };
    }
    case 'loop':
      return compileLoop(node, checked);
    case 'optional':
      return optionalLoopProgram(node, checked);
  }
}

function nameProgram(node: NameNode, checked: Checked): Program {
  const slot = checked.slotOf(node);
  if (slot === undefined) {
    const type = TYPE_NAMES.get(node.name) ?? null;
    return () => type;
  }
  return ({ slots, budget }) => {
    budget.charge(1);
    const value = slots[slot];
    if (value === undefined) throw new Failure(`${node.name} is not known here`);
    return value;
  };
}

/** Calls that give what stands in a list or map. */
const READING: ReadonlySet<string> = new Set(['_[_]', '_[?_]', 'first', 'last']);

function compileCall(node: CallNode, checked: Checked): Program {
  const args = checked.argsOf(node);
  const [first, second] = args;
  const programs = args.map((arg) => compileNode(arg, checked));
  const [target, other] = programs;
  if (node.method && first && second && target && other && (node.name === 'or' || node.name === 'orValue')) {
    return alternative(target, other, node.name === 'orValue');
  }
  const constants = args.map((arg) => (arg.op === 'literal' ? arg.value : constantList(arg)));
  try {
    const program = callProgram(checked.overloadsOf(node), programs, constants);
    return READING.has(node.name) ? readAs(checked.typeOf(node), program) : program;
  } catch (error) {
    if (error instanceof Failure) throw new Refused(args.at(-1)?.offset ?? node.offset, error.message);
    throw error;
  }
}

/** `or` and `orValue`, whose second operand is evaluated only where the first has no value. */
function alternative(target: Program, other: Program, unwrap: boolean): Program {
  return (frame) => {
    frame.budget.charge(1);
    const value = target(frame);
    if (!(value instanceof Optional)) throw new Failure(`expected an optional, found ${kindOf(value)}`);
    if (value.value === undefined) return other(frame);
    return unwrap ? unwrapped(value) : value;
  };
}

/** A list of constants, which is made once. */
function constantList(node: Node): readonly Value[] | undefined {
  if (node.op !== 'list') return undefined;
  const values: Value[] = [];
  for (const { node: item, optional } of node.items) {
    if (item.op !== 'literal' || optional) return undefined;
    values.push(item.value);
  }
  return values;
}

function listProgram(node: ListNode, checked: Checked): Program {
  const constant = constantList(node);
  if (constant) return () => constant;
  const items = node.items.map(({ node: item, optional }) => ({ program: compileNode(item, checked), optional }));
  return (frame) => {
    frame.budget.charge(items.length + 1);
    const values: Value[] = [];
    for (const { program, optional } of items) {
      const value = program(frame);
      if (!optional) values.push(value);
      else if (!(value instanceof Optional)) throw new Failure(`expected an optional, found ${kindOf(value)}`);
      else if (value.value !== undefined) values.push(value.value);
    }
    return values;
  };
}

function mapProgram(node: MapNode, checked: Checked): Program {
  const entries = node.entries.map(({ key, value, optional }) => ({
    key: compileNode(key, checked),
    value: compileNode(value, checked),
    optional,
  }));
  return (frame) => {
    frame.budget.charge(entries.length + 1);
    const map = new EntryMap();
    for (const entry of entries) {
      const key = entry.key(frame);
      const value = entry.value(frame);
      const inner = entry.optional && value instanceof Optional ? value.value : value;
      if (inner === undefined) continue;
      if (!map.put(key, inner)) throw new Failure(`${kindOf(key)} cannot be the key of a map`);
    }
    return map;
  };
}

/** `&&` and `||`: what could not be evaluated does not matter if another operand decides. */
function logicProgram({ op, args }: LogicNode, checked: Checked): Program {
  const decides = op === 'or';
  const programs = args.map((arg) => compileNode(arg, checked));
  return (frame) => {
    let failure: Failure | undefined;
    for (const program of programs) {
      try {
        const value = program(frame);
        if (value === decides) return decides;
        if (value !== !decides) failure ??= new Failure(`what stands beside ${decides ? '||' : '&&'} is not a bool`);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        frame.budget.charge(FAILURE_COST);
        failure ??= error;
      }
    }
    if (failure) throw failure;
    return !decides;
  };
}

function compileLoop(node: LoopNode, checked: Checked): Program {
  const { loop, range, first, second, filter, body } = node;
  const variable = second ?? first;
  return loopProgram({
    loop,
    range: compileNode(range, checked),
    first: slotOf(first, checked),
    second: second && slotOf(second, checked),
    filter: filter && compileNode(filter, checked),
    body: compileNode(body, checked),
    read: readerOf(checked.typeOf(variable)),
  });
}

function optionalLoopProgram({ target, variable, body, flat }: OptionalLoopNode, checked: Checked): Program {
  const [of, result] = [compileNode(target, checked), compileNode(body, checked)];
  const slot = slotOf(variable, checked);
  return (frame) => {
    frame.budget.charge(1);
    const value = of(frame);
    if (!(value instanceof Optional)) throw new Failure(`expected an optional, found ${kindOf(value)}`);
    if (value.value === undefined) return NONE;
    frame.slots[slot] = value.value;
    const mapped = result(frame);
    if (!flat) return new Optional(mapped);
    if (mapped instanceof Optional) return mapped;
    throw new Failure(`expected an optional, found ${kindOf(mapped)}`);
  };
}

function slotOf(node: NameNode, checked: Checked): number {
  const slot = checked.slotOf(node);
  if (slot === undefined) throw new Error(`the variable ${node.name} has no place`);
  return slot;
}
