// Which parts of its variables an expression looks at: what an update leaves as it was cannot have changed the answer.
import type { Node } from '../syntax/ast.ts';
import { partsOf } from '../syntax/parts.ts';
import type { Checked } from './checker.ts';

/** The names of the fields that lead to a part of a variable; none for the variable as a whole. */
export type FieldKeys = readonly string[];

/** By the names of the declared variables that an expression asks for: the parts of them that it reads. */
export type Reads = ReadonlyMap<string, readonly FieldKeys[]>;

/** The parts that an expression reads. */
export function readsOf(node: Node, checked: Checked): Reads {
  const reads = new Map<string, FieldKeys[]>();
  const pending: Node[] = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const read = partOf(next, checked);
    if (read === undefined) {
      pending.push(...partsOf(next));
      continue;
    }
    const known = reads.get(read.variable);
    if (known) known.push(read.keys);
    else reads.set(read.variable, [read.keys]);
  }
  return reads;
}

/** A part of a declared variable, where a node is nothing else. */
function partOf(node: Node, checked: Checked): { readonly variable: string; readonly keys: FieldKeys } | undefined {
  const keys: string[] = [];
  let at = node;
  while (at.op === 'select' || at.op === 'has') {
    keys.unshift(at.field);
    at = at.operand;
  }
  return at.op === 'name' && checked.isDeclared(at) ? { variable: at.name, keys } : undefined;
}
