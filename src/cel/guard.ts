// What an expression may not do, although CEL can. Conditions are evaluated for every request, over what tenants wrote:
// their cost has to grow no faster than the pod does, whatever is in it. The evaluator knows no limit at run time.
import type { ASTNode } from '@marcbachmann/cel-js';
import { accessRefusal, itemType, type Scope } from './field-type.ts';
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
interface Place extends Scope {
  /** The variables that are declared, without those of loops. */
  readonly declared: readonly string[];
  /** Variables of a loop around this one. */
  readonly hidden: ReadonlySet<string>;
  /** The variable of the innermost loop over something of the pod. */
  readonly own: string | undefined;
  readonly depth: number;
  readonly repeats: number;
}

/** The first thing that speaks against an expression; undefined where nothing does. */
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
 * A loop over something of the pod sees no more than its own variable: what is done for each member then costs no more
 * than the member is long, and all of it together no more than the pod is.
 */
function walkLoop(node: ASTNode, range: ASTNode, args: readonly ASTNode[], place: Place): Refusal | undefined {
  const [variable, ...body] = args;
  // CEL's own check has the words for that.
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

/** The names that stand for something of the pod around a loop: inside it they are out of reach. */
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
