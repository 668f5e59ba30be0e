// What an expression consists of.
import type { Node } from './ast.ts';

/** The expressions of which an expression directly consists, in the order in which they stand. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'literal':
    case 'name':
      return [];
    case 'select':
    case 'has':
      return [node.operand];
    case 'call':
    case 'and':
    case 'or':
      return node.args;
    case 'list':
      return node.items.map((item) => item.node);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'choice':
      return [node.test, node.yes, node.no];
    case 'loop':
      return [node.range, ...(node.filter ? [node.filter] : []), node.body];
    case 'optional':
      return [node.target, node.body];
  }
}
