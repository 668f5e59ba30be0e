// Types as they are written: `map<string, list<int>>`. A capital letter alone is a type that is still open.
import { QUANTITY_TEXT, type SimpleKind, type Type } from './type.ts';

const SIMPLE: ReadonlySet<string> = new Set<SimpleKind>([
  'dyn',
  'null',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'timestamp',
  'duration',
  'quantity',
  'ip',
  'cidr',
  'url',
  'semver',
  'format',
]);

const known = new Map<string, Type>();

/** The type of this name. Any name that CEL does not know is that of an object with fields. */
export function typeOf(written: string): Type {
  const type = known.get(written) ?? read(written.trim());
  known.set(written, type);
  return type;
}

function read(written: string): Type {
  const open = written.indexOf('<');
  if (open < 0) {
    if (isSimple(written)) return { kind: written };
    if (written === 'type') return { kind: 'type' };
    if (written === 'quantityText') return QUANTITY_TEXT;
    return /^[A-Z]$/.test(written) ? { kind: 'open', name: written } : { kind: 'object', name: written };
  }
  const inner = written.slice(open + 1, -1);
  switch (written.slice(0, open)) {
    case 'list':
      return { kind: 'list', item: typeOf(inner) };
    case 'optional':
      return { kind: 'optional', item: typeOf(inner) };
    default: {
      // The key of a map has no comma.
      const comma = inner.indexOf(',');
      return { kind: 'map', key: typeOf(inner.slice(0, comma)), item: typeOf(inner.slice(comma + 1)) };
    }
  }
}

function isSimple(word: string): word is SimpleKind {
  return SIMPLE.has(word);
}
