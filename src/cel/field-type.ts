// The type of the value at a path such as `pod.spec.?tolerations`, and whether a field of it exists. CEL's own check accepts
// unknown fields in `has(…)` and after `.?`, where a misspelt name would always count as absent.
import type { ASTNode } from '@marcbachmann/cel-js';
import { ownField } from '../model/json.ts';
import type { Refusal } from './refusal.ts';
import type { CelTypes } from './types.ts';

/** The variables and types that are known at a place in an expression. */
export interface Scope {
  /** The types of variables, by name; those of loops are among them. */
  readonly variables: ReadonlyMap<string, string>;
  readonly types: CelTypes;
  /** The variable that holds a pod, for examples. */
  readonly pod: string;
}

/** The type of an expression in CEL's words; undefined where it is not known, and fields of it cannot be asked for. */
export function typeOf(node: ASTNode, scope: Scope): string | undefined {
  if (node.op === 'id') return scope.variables.get(node.args);
  if (node.op === 'value') return typeof node.args === 'string' ? 'string' : typeof node.args;
  if (node.op === '.' || node.op === '.?') return memberType(node.args[0], node.args[1], scope, node.op === '.?');
  if (node.op === '[]' || node.op === '[?]') return memberType(node.args[0], undefined, scope, node.op === '[?]');
  if (node.op === 'rcall') return callType(node.args[0], node.args[1], node.args[2], scope);
  if (node.op === '+') return typeOf(node.args[0], scope);
  if (node.op !== 'list') return undefined;
  const [first] = node.args;
  const type = first && typeOf(first, scope);
  return type === undefined ? undefined : `list<${type}>`;
}

/** The type of the variable of a loop: that of the entries of a list, or of the keys of a map. */
export function itemType(range: ASTNode, scope: Scope): string | undefined {
  const type = typeOf(range, scope);
  return type?.startsWith('map<') ? 'string' : inner(type, 'list');
}

/** What is wrong with a field, or with an index; undefined where nothing is. */
export function accessRefusal(node: ASTNode, scope: Scope): Refusal | undefined {
  if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') return undefined;
  const left = node.args[0];
  const type = withoutOptional(typeOf(left, scope));
  // Whether a `dyn` value has fields is known only when the expression is evaluated.
  if (type === undefined || type === 'dyn') return roundabout(node, scope);
  const fields = ownField(scope.types, type);
  if (node.op === '[]' || node.op === '[?]') {
    if (fields !== undefined) return refusal(node, `fields are asked for by name, as in ${scope.pod}.spec`);
    if (type.startsWith('list<')) return refusal(node, 'lists have no fixed order (ask with exists or all)');
    return undefined;
  }
  const name = node.args[1];
  if (fields === undefined || ownField(fields, name) !== undefined) return undefined;
  const known = Object.keys(scope.types[type] ?? {});
  return { message: `${type} has no field ${name}`, unknown: { word: name, known }, offset: node.pos };
}

function memberType(left: ASTNode, field: string | undefined, scope: Scope, optional: boolean): string | undefined {
  const type = typeOf(left, scope);
  const plain = withoutOptional(type);
  if (plain === undefined) return undefined;
  const fields = ownField(scope.types, plain);
  const member = field === undefined || fields === undefined ? valueType(plain) : ownField(fields, field);
  if (typeof member !== 'string') return undefined;
  return optional || type !== plain ? `optional<${member}>` : member;
}

function valueType(type: string): string | undefined {
  return /^map<\w+, (.*)>$/.exec(type)?.[1] ?? inner(type, 'list');
}

function callType(method: string, receiver: ASTNode, args: readonly ASTNode[], scope: Scope): string | undefined {
  const type = typeOf(receiver, scope);
  const [first] = args;
  switch (method) {
    case 'filter':
    case 'or':
      return type;
    case 'orValue':
      return inner(type, 'optional') ?? (first && typeOf(first, scope));
    case 'value':
      return inner(type, 'optional');
    default:
      return undefined;
  }
}

function withoutOptional(type: string | undefined): string | undefined {
  return inner(type, 'optional') ?? type;
}

function inner(type: string | undefined, kind: 'list' | 'optional'): string | undefined {
  return type?.startsWith(`${kind}<`) ? type.slice(kind.length + 1, -1) : undefined;
}

function roundabout(node: ASTNode, { pod }: Scope): Refusal {
  const message = `it cannot be told what this has (ask the variable itself, as in ${pod}.spec.runtimeClassName)`;
  return refusal(node, message);
}

function refusal(node: ASTNode, message: string): Refusal {
  return { message, offset: node.pos };
}
