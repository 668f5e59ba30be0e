// What an expression may not do, although CEL can. Conditions are evaluated for every request, over what tenants wrote:
// their cost has to grow no faster than the pod does, whatever is in it. The evaluator knows no limit at run time.
import type { ASTNode } from '@marcbachmann/cel-js';
import { accessRefusal, itemType, type Types } from './field-type.ts';
import type { Refusal } from './refusal.ts';

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter']);
/** None costs more than its operands are long. */
export const FUNCTIONS: ReadonlySet<string> = new Set(['has', 'size', 'int', 'double', 'string']);
export const METHODS: ReadonlySet<string> = new Set([
  ...'startsWith endsWith contains lowerAscii trim size orValue or hasValue value'.split(' '),
  ...LOOPS,
]);

const MOST_NESTED = 2;
/** How often the pod can be gone through because of a list that the expression itself holds. */
const MOST_REPEATS = 16;

/** Where in an expression we are. */
interface Scope {
  readonly types: Types;
  /** Variables of a loop around this one. */
  readonly hidden: ReadonlySet<string>;
  /** The variable of the innermost loop over something of the pod. */
  readonly own: string | undefined;
  readonly depth: number;
  readonly repeats: number;
}

/** The first thing that speaks against an expression; undefined where nothing does. */
export function guardRefusal(node: ASTNode, variables: Types): Refusal | undefined {
  return walk(node, { types: variables, hidden: new Set(), own: undefined, depth: 0, repeats: 1 });
}

function walk(node: ASTNode, scope: Scope): Refusal | undefined {
  switch (node.op) {
    case 'value':
      return undefined;
    case 'id':
      if (scope.hidden.has(node.args)) return hiddenRefusal(node, node.args, scope);
      return scope.types.has(node.args) ? undefined : unknownVariable(node, node.args, scope);
    case '.':
    case '.?':
      return walk(node.args[0], scope) ?? accessRefusal(node, scope.types);
    case '[]':
    case '[?]':
      return walkAll(node.args, scope) ?? accessRefusal(node, scope.types);
    case 'call': {
      const [name, args] = node.args;
      return FUNCTIONS.has(name) ? walkAll(args, scope) : unavailable(node, name, FUNCTIONS);
    }
    case 'rcall': {
      const [name, receiver, args] = node.args;
      if (!METHODS.has(name)) return unavailable(node, name, METHODS);
      const refused = walk(receiver, scope);
      if (refused) return refused;
      return LOOPS.has(name) ? walkLoop(node, receiver, args, scope) : walkAll(args, scope);
    }
    case 'map':
      return walkAll(node.args.flat(), scope);
    case '!_':
    case '-_':
      return walk(node.args, scope);
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
      return walkAll(node.args, scope);
  }
}

function walkAll(nodes: readonly ASTNode[], scope: Scope): Refusal | undefined {
  for (const node of nodes) {
    const refused = walk(node, scope);
    if (refused) return refused;
  }
  return undefined;
}

/**
 * A loop over something of the pod sees no more than its own variable: what is done for each member then costs no more
 * than the member is long, and all of it together no more than the pod is.
 */
function walkLoop(node: ASTNode, range: ASTNode, args: readonly ASTNode[], scope: Scope): Refusal | undefined {
  const [variable, ...body] = args;
  // CEL's own check has the words for that.
  if (variable?.op !== 'id') return undefined;
  const depth = scope.depth + 1;
  if (depth > MOST_NESTED) return { message: `more than ${MOST_NESTED} loops inside each other`, offset: node.pos };
  const item = itemType(range, scope.types);
  if (item === undefined) {
    return { message: 'a loop goes through a list or map of the pod, or a list of constants', offset: node.pos };
  }
  const name = variable.args;
  const types = new Map([...scope.types, [name, item]]);
  const hidden = new Set(scope.hidden);
  if (isConstantList(range)) {
    const repeats = scope.repeats * range.args.length;
    if (repeats > MOST_REPEATS) return { message: `more than ${MOST_REPEATS} rounds over constants`, offset: node.pos };
    hidden.delete(name);
    return walkAll(body, { ...scope, types, hidden, depth, repeats });
  }
  for (const outer of outerNames(scope)) hidden.add(outer);
  hidden.delete(name);
  return walkAll(body, { ...scope, types, hidden, depth, own: name });
}

/** The names that stand for something of the pod around a loop: inside it they are out of reach. */
function outerNames({ own }: Scope): readonly string[] {
  return own === undefined ? ['pod', 'namespaceObject'] : [own];
}

function isConstantList(node: ASTNode): node is Extract<ASTNode, { op: 'list' }> {
  return node.op === 'list' && node.args.every((member) => member.op === 'value');
}

function hiddenRefusal(node: ASTNode, name: string, { own }: Scope): Refusal {
  const message = `${name} is out of reach inside a loop: only its own variable ${own ?? ''} can be asked there`;
  return { message: `${message} (move that part out of the loop)`, offset: node.pos };
}

function unknownVariable(node: ASTNode, name: string, { types, hidden }: Scope): Refusal {
  const known = [...types.keys()].filter((variable) => !hidden.has(variable));
  return { message: `unknown variable ${name}`, unknown: { word: name, known }, offset: node.pos };
}

function unavailable(node: ASTNode, name: string, known: ReadonlySet<string>): Refusal {
  if (name === 'matches') {
    const message = 'matches is not available, because a regular expression can take for ever';
    return { message: `${message} (use startsWith, endsWith, contains, or in with a list)`, offset: node.pos };
  }
  return { message: `${name}() is not available`, unknown: { word: name, known: [...known] }, offset: node.pos };
}
