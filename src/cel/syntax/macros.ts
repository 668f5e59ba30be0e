// Calls that are not calls of functions: `has`, and the loops over lists and maps.
// Sources: github.com/google/cel-spec/doc/langdef.md, "Macros"; cel-go/ext/comprehensions.go, lists.go; cel-go/cel/library.go.
import { Refused } from '../refusal.ts';
import type { LoopName, NameNode, Node } from './ast.ts';

/** Which of the arguments of a loop are what. */
interface LoopForm {
  readonly loop: LoopName;
  readonly variables: 1 | 2;
  readonly filter: boolean;
}

/** By name and number of arguments. */
const LOOPS: ReadonlyMap<string, LoopForm> = new Map(
  Object.entries({
    'all/2': { loop: 'all', variables: 1, filter: false },
    'all/3': { loop: 'all', variables: 2, filter: false },
    'exists/2': { loop: 'exists', variables: 1, filter: false },
    'exists/3': { loop: 'exists', variables: 2, filter: false },
    'exists_one/2': { loop: 'exists_one', variables: 1, filter: false },
    'exists_one/3': { loop: 'exists_one', variables: 2, filter: false },
    'existsOne/3': { loop: 'exists_one', variables: 2, filter: false },
    'map/2': { loop: 'map', variables: 1, filter: false },
    'map/3': { loop: 'map', variables: 1, filter: true },
    'filter/2': { loop: 'filter', variables: 1, filter: false },
    'sortBy/2': { loop: 'sortBy', variables: 1, filter: false },
    'transformList/3': { loop: 'transformList', variables: 2, filter: false },
    'transformList/4': { loop: 'transformList', variables: 2, filter: true },
    'transformMap/3': { loop: 'transformMap', variables: 2, filter: false },
    'transformMap/4': { loop: 'transformMap', variables: 2, filter: true },
    'transformMapEntry/3': { loop: 'transformMapEntry', variables: 2, filter: false },
    'transformMapEntry/4': { loop: 'transformMapEntry', variables: 2, filter: true },
  } satisfies Readonly<Record<string, LoopForm>>),
);

/** The names of all of them, for messages. */
export const LOOP_NAMES: readonly string[] = [
  ...new Set([...LOOPS.keys()].map((key) => key.slice(0, key.indexOf('/')))),
  'optMap',
  'optFlatMap',
];

/** What a call means. Throws {@link Refused} where it is a loop without a variable. */
export function expandCall(name: string, offset: number, target: Node | undefined, args: readonly Node[]): Node {
  if (target === undefined) {
    return name === 'has' && args.length === 1 ? hasNode(args[0], offset) : callOf(name, offset, false, args);
  }
  const [first, second] = args;
  if ((name === 'optMap' || name === 'optFlatMap') && first && second && args.length === 2) {
    const variable = variableOf(first, name);
    return { op: 'optional', flat: name === 'optFlatMap', target, variable, body: second, offset };
  }
  const form = LOOPS.get(`${name}/${args.length}`);
  if (!form) return callOf(name, offset, true, [target, ...args]);
  const body = args.at(-1);
  if (!first || !body) return callOf(name, offset, true, [target, ...args]);
  return {
    op: 'loop',
    loop: form.loop,
    range: target,
    first: variableOf(first, name),
    second: form.variables === 2 && second ? variableOf(second, name) : undefined,
    filter: form.filter ? args[form.variables] : undefined,
    body,
    offset,
  };
}

function callOf(name: string, offset: number, method: boolean, args: readonly Node[]): Node {
  return { op: 'call', name, method, args, offset };
}

function hasNode(argument: Node | undefined, offset: number): Node {
  if (argument?.op !== 'select') {
    throw new Refused(argument?.offset ?? offset, 'has() asks for a field, as in has(object.spec.nodeName)');
  }
  return { ...argument, op: 'has' };
}

function variableOf(node: Node, loop: string): NameNode {
  if (node.op === 'name') return node;
  throw new Refused(node.offset, `the variable of ${loop} is a name, as in ${loop}(c, …)`);
}
