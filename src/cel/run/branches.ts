// The ways that an expression can go, and which of them were gone: for people who test their policies. An expression takes no
// note of it until somebody asks it to.
import type { Checked } from '../check/checker.ts';
import type { Node } from '../syntax/ast.ts';
import { partsOf } from '../syntax/parts.ts';
import type { Program } from './frame.ts';

/** A part that is evaluated in some cases and not in others, or the expression as a whole. */
export interface Branch {
  /** Where it begins: the number of UTF-16 units before it. */
  readonly offset: number;
  /** `what follows &&`; empty for the expression as a whole. */
  readonly what: string;
  /** Becomes true when it is evaluated. */
  readonly isReached: boolean;
}

/** Takes note of the branches of one expression. */
export class BranchRecord {
  readonly #branches = new Map<Node, { readonly offset: number; readonly what: string; isReached: boolean }>();

  constructor(node: Node) {
    this.#add(node, '');
    this.#addIn(node);
  }

  /** In the order of the expression. */
  get branches(): readonly Branch[] {
    return [...this.#branches.values()].toSorted((a, b) => a.offset - b.offset);
  }

  /** The program of a part, or where the part is a branch, one that also takes note of it. */
  watch(node: Node, program: Program): Program {
    const branch = this.#branches.get(node);
    if (branch === undefined) return program;
    return (frame) => {
      branch.isReached = true;
      return program(frame);
    };
  }

  #add(node: Node, what: string): void {
    this.#branches.set(node, { offset: startOf(node), what, isReached: false });
  }

  #addIn(node: Node): void {
    if (node.op === 'choice') {
      this.#add(node.yes, 'what follows ?');
      this.#add(node.no, 'what follows :');
    } else if (node.op === 'and' || node.op === 'or') {
      for (const operand of node.args.slice(1)) this.#add(operand, `what follows ${node.op === 'and' ? '&&' : '||'}`);
    } else if (node.op === 'loop') {
      if (node.filter) this.#add(node.filter, `the filter of ${node.loop}`);
      this.#add(node.body, `the body of ${node.loop}`);
    } else if (node.op === 'optional') {
      this.#add(node.body, `the body of ${node.flat ? 'optFlatMap' : 'optMap'}`);
    }
    for (const part of partsOf(node)) this.#addIn(part);
  }
}

/** What is known of an expression, for programs that take note. */
export function watched(checked: Checked, record: BranchRecord): Checked {
  return { ...checked, watch: (node, program) => record.watch(node, program) };
}

/** Where the first of the words of a part stands: an operator and a field stand behind what they are about. */
function startOf(node: Node): number {
  return Math.min(node.offset, ...partsOf(node).map(startOf));
}
