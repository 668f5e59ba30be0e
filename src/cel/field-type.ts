// The type of what a path such as `pod.spec.?tolerations` leads to, and whether its fields exist. CEL's own check lets
// unknown fields pass in `has(…)` and after `.?`: they would be absent for ever.
import type { ASTNode } from '@marcbachmann/cel-js';
import { ownField } from '../model/json.ts';
import type { Refusal } from './refusal.ts';
import { CONDITION_TYPES } from './types.ts';

/** The types of variables, by name. */
export type Types = ReadonlyMap<string, string>;

/** The type of an expression in CEL's words; undefined where its fields cannot be asked for. */
export function typeOf(node: ASTNode, types: Types): string | undefined {
  if (node.op === 'id') return types.get(node.args);
  if (node.op === 'value') return typeof node.args === 'string' ? 'string' : typeof node.args;
  if (node.op === '.' || node.op === '.?') return memberType(node.args[0], node.args[1], types, node.op === '.?');
  if (node.op === '[]' || node.op === '[?]') return memberType(node.args[0], undefined, types, node.op === '[?]');
  if (node.op === 'rcall') return callType(node.args[0], node.args[1], node.args[2], types);
  if (node.op === '+') return typeOf(node.args[0], types);
  if (node.op !== 'list') return undefined;
  const [first] = node.args;
  const type = first && typeOf(first, types);
  return type === undefined ? undefined : `list<${type}>`;
}

/** What a loop over something goes through: the members of a list, the keys of a map. */
export function itemType(range: ASTNode, types: Types): string | undefined {
  const type = typeOf(range, types);
  return type?.startsWith('map<') ? 'string' : inner(type, 'list');
}

/** What is wrong with asking for a field, or a member of a list. */
export function accessRefusal(node: ASTNode, types: Types): Refusal | undefined {
  if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') return undefined;
  const left = node.args[0];
  const type = withoutOptional(typeOf(left, types));
  if (type === undefined) return roundabout(node);
  const fields = ownField(CONDITION_TYPES, type);
  if (node.op === '[]' || node.op === '[?]') {
    if (fields !== undefined) return refusal(node, 'fields are asked for by name, as in pod.spec');
    if (type.startsWith('list<')) return refusal(node, 'lists have no fixed order (ask with exists or all)');
    return undefined;
  }
  const name = node.args[1];
  if (fields === undefined || ownField(fields, name) !== undefined) return undefined;
  const known = Object.keys(CONDITION_TYPES[type] ?? {});
  return { message: `${type} has no field ${name}`, unknown: { word: name, known }, offset: node.pos };
}

function memberType(left: ASTNode, field: string | undefined, types: Types, optional: boolean): string | undefined {
  const type = typeOf(left, types);
  const plain = withoutOptional(type);
  if (plain === undefined) return undefined;
  const fields = ownField(CONDITION_TYPES, plain);
  const member = field === undefined || fields === undefined ? valueType(plain) : ownField(fields, field);
  if (typeof member !== 'string') return undefined;
  return optional || type !== plain ? `optional<${member}>` : member;
}

function valueType(type: string): string | undefined {
  return type.startsWith('map<') ? 'string' : inner(type, 'list');
}

function callType(method: string, receiver: ASTNode, args: readonly ASTNode[], types: Types): string | undefined {
  const type = typeOf(receiver, types);
  const [first] = args;
  switch (method) {
    case 'filter':
    case 'or':
      return type;
    case 'orValue':
      return inner(type, 'optional') ?? (first && typeOf(first, types));
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

function roundabout(node: ASTNode): Refusal {
  return refusal(node, 'it cannot be told what this has (ask the variable itself, as in pod.spec.runtimeClassName)');
}

function refusal(node: ASTNode, message: string): Refusal {
  return { message, offset: node.pos };
}
