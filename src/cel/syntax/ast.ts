// What an expression is made of, once it has been read.
import type { Type } from '../types/type.ts';
import type { Value } from '../values/value.ts';

/** A part of an expression. Calls of operators have the names that CEL's own implementation gives them, such as `_+_`. */
export type Node =
  | LiteralNode
  | NameNode
  | SelectNode
  | CallNode
  | ListNode
  | MapNode
  | LogicNode
  | ChoiceNode
  | LoopNode
  | OptionalLoopNode;

/** Where a part stands: the number of UTF-16 units before it. */
interface Placed {
  readonly offset: number;
}

export interface LiteralNode extends Placed {
  readonly op: 'literal';
  readonly value: Value;
  readonly type: Type;
}

/** A variable, or the name of a type. */
export interface NameNode extends Placed {
  readonly op: 'name';
  readonly name: string;
}

/** `a.b`, `a.?b`, or `has(a.b)`. The offset is that of the field. */
export interface SelectNode extends Placed {
  readonly op: 'select' | 'has';
  readonly operand: Node;
  readonly field: string;
  readonly optional: boolean;
}

/** A function, an operator, or a method, whose target is its first argument. The offset is that of the name or operator. */
export interface CallNode extends Placed {
  readonly op: 'call';
  readonly name: string;
  readonly method: boolean;
  readonly args: readonly Node[];
}

/** An entry of a list literal; `[?a]` leaves it out where the optional has no value. */
export interface ListItem {
  readonly node: Node;
  readonly optional: boolean;
}

export interface ListNode extends Placed {
  readonly op: 'list';
  readonly items: readonly ListItem[];
}

export interface MapEntry {
  readonly key: Node;
  readonly value: Node;
  readonly optional: boolean;
}

export interface MapNode extends Placed {
  readonly op: 'map';
  readonly entries: readonly MapEntry[];
}

/** `a && b && c`, flat: at least two. */
export interface LogicNode extends Placed {
  readonly op: 'and' | 'or';
  readonly args: readonly Node[];
}

/** `test ? yes : no`. */
export interface ChoiceNode extends Placed {
  readonly op: 'choice';
  readonly test: Node;
  readonly yes: Node;
  readonly no: Node;
}

/** The loops of CEL: of one variable, and of two (the index or key, and the value). */
export type LoopName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'sortBy'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry';

export interface LoopNode extends Placed {
  readonly op: 'loop';
  readonly loop: LoopName;
  readonly range: Node;
  readonly first: NameNode;
  /** Of a loop of two variables. */
  readonly second: NameNode | undefined;
  /** Entries of which it is false are passed over. */
  readonly filter: Node | undefined;
  readonly body: Node;
}

/** `optMap` and `optFlatMap`. */
export interface OptionalLoopNode extends Placed {
  readonly op: 'optional';
  readonly flat: boolean;
  readonly target: Node;
  readonly variable: NameNode;
  readonly body: Node;
}
