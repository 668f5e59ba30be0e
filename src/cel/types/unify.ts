// Whether one type can stand where another is expected, and what open types are then.
// Source: github.com/google/cel-go/checker/types.go.
import { DYN, sameType, type Type } from './type.ts';

/** What open types have been found to be, by name. */
export type Bindings = ReadonlyMap<string, Type>;

/**
 * What open types are if each of `given` stands where the type of `expected` is; undefined where one cannot.
 * Numbers may be compared whatever their kind; that is not decided here.
 */
export function assign(expected: readonly Type[], given: readonly Type[], bindings: Bindings): Bindings | undefined {
  if (expected.length !== given.length) return undefined;
  const tried = new Map(bindings);
  for (const [index, type] of given.entries()) {
    const wanted = expected[index];
    if (wanted === undefined || !canStandFor(tried, type, wanted)) return undefined;
  }
  return tried;
}

/** A type with what is known of its open parts. */
export function resolved(type: Type, bindings: Bindings): Type {
  if (type.kind === 'open') {
    const bound = bindings.get(type.name);
    return bound === undefined ? type : resolved(bound, bindings);
  }
  return withParts(type, (part) => resolved(part, bindings));
}

/** A type with other types as its parts; the same one where they are the same. */
export function withParts(type: Type, change: (part: Type) => Type): Type {
  if (type.kind === 'list' || type.kind === 'optional') {
    const item = change(type.item);
    return item === type.item ? type : { kind: type.kind, item };
  }
  if (type.kind !== 'map') return type;
  const [key, item] = [change(type.key), change(type.item)];
  return key === type.key && item === type.item ? type : { kind: 'map', key, item };
}

/** The same with `dyn` for what is open to the end. */
export function closed(type: Type, bindings: Bindings): Type {
  return dynForOpen(resolved(type, bindings));
}

function dynForOpen(type: Type): Type {
  return type.kind === 'open' ? DYN : withParts(type, dynForOpen);
}

/** Of two types of which one can stand for the other, the one that says less. */
export function mostGeneral(a: Type, b: Type): Type {
  return saysNoMore(a, b) ? a : b;
}

function saysNoMore(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'open') return true;
  if (b.kind === 'dyn' || b.kind === 'open' || a.kind !== b.kind) return false;
  if ((a.kind === 'list' || a.kind === 'optional') && b.kind === a.kind) return saysNoMore(a.item, b.item);
  if (a.kind === 'map' && b.kind === 'map') return saysNoMore(a.key, b.key) && saysNoMore(a.item, b.item);
  return sameType(a, b);
}

const NULLABLE: ReadonlySet<Type['kind']> = new Set(['null', 'object', 'timestamp', 'duration']);

function canStandFor(bindings: Map<string, Type>, a: Type, b: Type): boolean {
  if (b.kind === 'open') {
    const outcome = substitute(bindings, b.name, a);
    if (outcome !== 'unbound') return outcome === 'fits';
  }
  if (a.kind === 'open') return substitute(bindings, a.name, b) === 'fits';
  if (a.kind === 'dyn' || b.kind === 'dyn') return true;
  if (a.kind === 'null') return NULLABLE.has(b.kind);
  if (b.kind === 'null') return NULLABLE.has(a.kind);
  if ((a.kind === 'list' || a.kind === 'optional') && b.kind === a.kind) return canStandFor(bindings, a.item, b.item);
  if (a.kind === 'map' && b.kind === 'map') {
    return canStandFor(bindings, a.key, b.key) && canStandFor(bindings, a.item, b.item);
  }
  if (a.kind === 'object' && b.kind === 'object') return a.name === b.name;
  return a.kind === b.kind;
}

/** Whether the open type of this name can be `type`: `unbound` where that would be a type that holds itself. */
function substitute(bindings: Map<string, Type>, name: string, type: Type): 'fits' | 'differs' | 'unbound' {
  if (type.kind === 'open' && type.name === name) return 'fits';
  const bound = bindings.get(name);
  if (bound === undefined) {
    if (holds(resolved(type, bindings), name)) return 'unbound';
    bindings.set(name, type);
    return 'fits';
  }
  if (sameType(type, bound)) return 'fits';
  if (!canStandFor(bindings, type, bound)) return 'differs';
  const general = mostGeneral(type, bound);
  if (!holds(resolved(general, bindings), name)) bindings.set(name, general);
  return 'fits';
}

function holds(type: Type, name: string): boolean {
  if (type.kind === 'open') return type.name === name;
  if (type.kind === 'list' || type.kind === 'optional') return holds(type.item, name);
  return type.kind === 'map' && (holds(type.key, name) || holds(type.item, name));
}
