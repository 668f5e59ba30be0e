// The types of loops. Sources: github.com/google/cel-go/checker/checker.go, `checkComprehension`; ext/comprehensions.go.
import { Refused } from '../refusal.ts';
import type { LoopNode, OptionalLoopNode } from '../syntax/ast.ts';
import { BOOL, DYN, INT, type Type } from '../types/type.ts';
import type { Checker } from './checker.ts';
import type { Scope } from './scope.ts';

const ORDERED: ReadonlySet<Type['kind']> = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'timestamp',
  'duration',
  'dyn',
]);

/** What a loop goes through. */
interface Range {
  /** Of lists the index, of maps the key. */
  readonly key: Type;
  readonly item: Type;
  readonly isMap: boolean;
}

/** The type of the result of a loop. Throws {@link Refused}. */
export function checkLoop(checker: Checker, node: LoopNode, scope: Scope): Type {
  const { loop, first, second, filter, body } = node;
  const range = rangeOf(checker, node, scope);
  const single = range.isMap ? range.key : range.item;
  const variables: (readonly [string, Type])[] =
    second === undefined
      ? [[first.name, single]]
      : [
          [first.name, range.key],
          [second.name, range.item],
        ];
  const inner = checker.scopeOf(variables, scope);
  checker.check(first, inner);
  if (second) checker.check(second, inner);
  if (filter) checker.expectBool(checker.check(filter, inner), filter.offset, `the condition of ${loop}`);
  const type = checker.check(body, inner);
  switch (loop) {
    case 'all':
    case 'exists':
    case 'exists_one':
      checker.expectBool(type, body.offset, `the condition of ${loop}`);
      return BOOL;
    case 'filter':
      checker.expectBool(type, body.offset, `the condition of ${loop}`);
      return { kind: 'list', item: single };
    case 'map':
    case 'transformList':
      return { kind: 'list', item: type };
    case 'sortBy':
      if (!ORDERED.has(checker.known(type).kind)) {
        throw new Refused(body.offset, `sortBy orders by numbers, text and the like, found ${checker.nameOf(type)}`);
      }
      return { kind: 'list', item: single };
    case 'transformMap':
      return { kind: 'map', key: range.key, item: type };
    case 'transformMapEntry': {
      const known = checker.known(type);
      if (known.kind === 'map' || known.kind === 'dyn') return known;
      throw new Refused(body.offset, `the result of transformMapEntry is a map, found ${checker.nameOf(type)}`);
    }
  }
}

function rangeOf(checker: Checker, { range, loop, offset }: LoopNode, scope: Scope): Range {
  const type = checker.known(checker.check(range, scope));
  if (type.kind === 'list') return { key: INT, item: type.item, isMap: false };
  if (type.kind === 'map') {
    if (loop === 'sortBy') throw new Refused(offset, 'sortBy is for lists, found a map');
    return { key: type.key, item: type.item, isMap: true };
  }
  if (type.kind !== 'dyn' && type.kind !== 'open') {
    throw new Refused(offset, `${loop} goes through a list or map, found ${checker.nameOf(type)}`);
  }
  checker.fits(DYN, type);
  return { key: DYN, item: DYN, isMap: false };
}

/** The type of the result of `optMap` and `optFlatMap`. Throws {@link Refused}. */
export function checkOptionalLoop(checker: Checker, node: OptionalLoopNode, scope: Scope): Type {
  const { target, variable, body, flat, offset } = node;
  const name = flat ? 'optFlatMap' : 'optMap';
  const type = checker.known(checker.check(target, scope));
  if (type.kind !== 'optional' && type.kind !== 'dyn') {
    throw new Refused(offset, `${name} is for optionals, found ${checker.nameOf(type)}`);
  }
  const inner = checker.scopeOf([[variable.name, type.kind === 'optional' ? type.item : DYN]], scope);
  checker.check(variable, inner);
  const result = checker.check(body, inner);
  if (!flat) return { kind: 'optional', item: result };
  const known = checker.known(result);
  if (known.kind === 'optional' || known.kind === 'dyn') return known;
  throw new Refused(body.offset, `the result of optFlatMap is an optional, found ${checker.nameOf(result)}`);
}
