// What expressions may not do, although CEL can. They are evaluated for every request, over what tenants wrote, and the
// evaluator has no limit on the time it takes. So what an expression costs must grow no faster than the pod does.
import type { ASTNode } from '@marcbachmann/cel-js';
import { accessRefusal, itemType, type Scope } from './field-type.ts';
import type { Refusal } from './refusal.ts';

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter']);
/** Each takes time in proportion to the length of its operands, at most. */
export const FUNCTIONS: ReadonlySet<string> = new Set(['has', 'size', 'int', 'double', 'string']);
export const METHODS: ReadonlySet<string> = new Set([
  ...'startsWith endsWith contains lowerAscii trim size orValue or hasValue value'.split(' '),
  ...LOOPS,
]);

const MOST_NESTED = 2;
/** How often loops over lists of constants may repeat a loop over the pod. */
const MOST_REPEATS = 16;

/** A place in an expression. */
interface Place extends Scope {
  /** The names of the declared variables, without those of loops. */
  readonly declared: readonly string[];
  /** Variables that cannot be used here, because this is inside a loop. */
  readonly hidden: ReadonlySet<string>;
  /** The variable of the innermost loop over a part of the pod. */
  readonly own: string | undefined;
  readonly depth: number;
  readonly repeats: number;
}

/** The first reason not to accept an expression; undefined where there is none. */
export function guardRefusal(node: ASTNode, scope: Scope): Refusal | undefined {
  const declared = [...scope.variables.keys()];
  return walk(node, { ...scope, declared, hidden: new Set(), own: undefined, depth: 0, repeats: 1 });
}

function walk(node: ASTNode, place: Place): Refusal | undefined {
  switch (node.op) {
    case 'value':
      return undefined;
    case 'id':
      if (place.hidden.has(node.args)) return hiddenRefusal(node, node.args, place);
      return place.variables.has(node.args) ? undefined : unknownVariable(node, node.args, place);
    case '.':
    case '.?':
      return walk(node.args[0], place) ?? accessRefusal(node, place);
    case '[]':
    case '[?]':
      return walkAll(node.args, place) ?? accessRefusal(node, place);
    case 'call': {
      const [name, args] = node.args;
      return FUNCTIONS.has(name) ? walkAll(args, place) : unavailable(node, name, FUNCTIONS);
    }
    case 'rcall': {
      const [name, receiver, args] = node.args;
      if (!METHODS.has(name)) return unavailable(node, name, METHODS);
      const refused = walk(receiver, place);
      if (refused) return refused;
      return LOOPS.has(name) ? walkLoop(node, receiver, args, place) : walkAll(args, place);
    }
    case 'map':
      return walkAll(node.args.flat(), place);
    case '!_':
    case '-_':
      return walk(node.args, place);
    case 'list':
    case '?:':
    case '&&':
    case '||':
    case '==':
    case '!=':
    case 'in':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return walkAll(node.args, place);
  }
}

function walkAll(nodes: readonly ASTNode[], place: Place): Refusal | undefined {
  for (const node of nodes) {
    const refused = walk(node, place);
    if (refused) return refused;
  }
  return undefined;
}

/**
 * Inside a loop over a part of the pod only the loop's own variable can be used. The work for each entry is then bounded by
 * the size of that entry, and the work of the whole loop by the size of the pod.
 */
function walkLoop(node: ASTNode, range: ASTNode, args: readonly ASTNode[], place: Place): Refusal | undefined {
  const [variable, ...body] = args;
  // CEL's own check reports this.
  if (variable?.op !== 'id') return undefined;
  const depth = place.depth + 1;
  if (depth > MOST_NESTED) return { message: `more than ${MOST_NESTED} loops inside each other`, offset: node.pos };
  const item = itemType(range, place);
  if (item === undefined) {
    return { message: 'a loop goes through a list or map of the pod, or a list of constants', offset: node.pos };
  }
  const name = variable.args;
  const variables = new Map([...place.variables, [name, item]]);
  const hidden = new Set(place.hidden);
  if (isConstantList(range)) {
    const repeats = place.repeats * range.args.length;
    if (repeats > MOST_REPEATS) return { message: `more than ${MOST_REPEATS} rounds over constants`, offset: node.pos };
    hidden.delete(name);
    return walkAll(body, { ...place, variables, hidden, depth, repeats });
  }
  for (const outer of outerNames(place)) hidden.add(outer);
  hidden.delete(name);
  return walkAll(body, { ...place, variables, hidden, depth, own: name });
}

/** The variables around a loop that hold parts of the pod, and cannot be used inside it. */
function outerNames({ own, declared }: Place): readonly string[] {
  return own === undefined ? declared : [own];
}

function isConstantList(node: ASTNode): node is Extract<ASTNode, { op: 'list' }> {
  return node.op === 'list' && node.args.every((member) => member.op === 'value');
}

function hiddenRefusal(node: ASTNode, name: string, { own }: Place): Refusal {
  const message = `${name} is out of reach inside a loop: only its own variable ${own ?? ''} can be asked there`;
  return { message: `${message} (move that part out of the loop)`, offset: node.pos };
}

function unknownVariable(node: ASTNode, name: string, { variables, hidden }: Place): Refusal {
  const known = [...variables.keys()].filter((variable) => !hidden.has(variable));
  return { message: `unknown variable ${name}`, unknown: { word: name, known }, offset: node.pos };
}

function unavailable(node: ASTNode, name: string, known: ReadonlySet<string>): Refusal {
  if (name === 'matches') {
    const message = 'matches is not available, because a regular expression can take for ever';
    return { message: `${message} (use startsWith, endsWith, contains, or in with a list)`, offset: node.pos };
  }
  return { message: `${name}() is not available`, unknown: { word: name, known: [...known] }, offset: node.pos };
}
