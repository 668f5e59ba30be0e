// RFC 6902 as the API server applies it (gopkg.in/evanphx/json-patch.v4), and stricter where that is lax: replacing a
// member that does not exist fails here. Not the library our patches come from: a judge must not be the accused.
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';

type Container = JsonObject | readonly unknown[];

/** What an operation does to the container its path ends in. */
type Change = (container: Container, key: string) => unknown;

/**
 * The document after the patch; what the patch does not touch is shared with the original, however deep it is. Throws,
 * in the API server's words, where an operation does not apply.
 */
export function applyPatch(document: unknown, patch: readonly unknown[]): unknown {
  const copies: Copies = { made: new WeakSet() };
  let root = document;
  for (const operation of patch) root = applyOperation(root, operation, copies);
  return root;
}

/** Containers that this patch has copied already: they may be written to, or thousands of operations copy a list each. */
interface Copies {
  made: WeakSet<Container>;
}

function applyOperation(root: unknown, operation: unknown, copies: Copies): unknown {
  const op = stringField(operation, 'op') ?? '';
  const path = stringField(operation, 'path');
  if (path === undefined) throw new Error(`${op} operation failed to decode path`);
  if (!isJsonObject(operation)) throw new Error('an operation must be an object');
  const hasValue = Object.hasOwn(operation, 'value');
  if (['add', 'replace', 'test'].includes(op) && !hasValue) throw new Error(`${op} operation needs a value`);
  const value = ownField(operation, 'value');
  switch (op) {
    case 'add':
      return edit(root, path, op, copies, (container, key) => insert(container, key, value, copies));
    case 'remove':
      return edit(root, path, op, copies, (container, key) => remove(container, key, path, op));
    case 'replace':
      return edit(root, path, op, copies, (container, key) => {
        member(container, key, path, op);
        return store(container, key, value, copies);
      });
    case 'test':
      if (!isDeepStrictEqual(valueAt(root, path, op, copies), value)) throw new Error(`testing value ${path} failed`);
      return root;
    case 'copy':
    case 'move': {
      const from = stringField(operation, 'from') ?? '';
      const moved = valueAt(root, from, op, copies);
      // It may now stand at two places, and a later operation changes it at one of them.
      copies.made = new WeakSet();
      const rest =
        op === 'move' ? edit(root, from, op, copies, (container, key) => remove(container, key, path, op)) : root;
      return edit(rest, path, op, copies, (container, key) => insert(container, key, moved, copies));
    }
    default:
      throw new Error(`Unexpected kind: ${op}`);
  }
}

function valueAt(root: unknown, pointer: string, op: string, copies: Copies): unknown {
  let found: unknown;
  edit(root, pointer, op, copies, (container, key) => {
    found = member(container, key, pointer, op);
    return container;
  });
  return found;
}

/** Copies what lies along the pointer, and changes the container at its end. */
function edit(root: unknown, pointer: string, op: string, copies: Copies, change: Change): unknown {
  const missing = new Error(`${op} operation does not apply: doc is missing path: ${pointer}`);
  const tokens = pointer.split('/').slice(1).map(unescapeToken);
  const last = tokens.length - 1;
  if (!pointer.startsWith('/')) throw missing;
  const descend = (node: unknown, depth: number): unknown => {
    const key = tokens[depth] ?? '';
    // null, too: nothing can be added below it.
    if (!isContainer(node)) throw missing;
    if (depth === last) return change(node, key);
    return store(node, key, descend(member(node, key, pointer, op), depth + 1), copies);
  };
  return descend(root, 0);
}

function isContainer(node: unknown): node is Container {
  return isJsonObject(node) || Array.isArray(node);
}

function isList(container: Container): container is readonly unknown[] {
  return Array.isArray(container);
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function member(container: Container, key: string, path: string, op: string): unknown {
  if (isList(container)) return container[position(container, key)];
  if (!Object.hasOwn(container, key)) throw new Error(`${op} operation does not apply: doc is missing key: ${path}`);
  return container[key];
}

function position(list: readonly unknown[], key: string, beyond = 0): number {
  if (!/^(?:0|[1-9]\d*)$/.test(key)) throw new Error(`value was not a proper array index: '${key}'`);
  const index = Number(key);
  if (index >= list.length + beyond) throw new Error(`Unable to access invalid index: ${index}`);
  return index;
}

function insert(container: Container, key: string, value: unknown, copies: Copies): unknown {
  if (!isList(container)) return store(container, key, value, copies);
  return container.toSpliced(key === '-' ? container.length : position(container, key, 1), 0, value);
}

/** Defines a member and does not assign it, so that `__proto__` is a key like any other. */
function store(container: Container, key: string, value: unknown, copies: Copies): unknown {
  const index = isList(container) ? position(container, key) : key;
  const copy = copies.made.has(container) ? container : isList(container) ? [...container] : { ...container };
  copies.made.add(copy);
  return Object.defineProperty(copy, index, { value, writable: true, enumerable: true, configurable: true });
}

function remove(container: Container, key: string, path: string, op: string): unknown {
  member(container, key, path, op);
  if (isList(container)) return container.toSpliced(position(container, key), 1);
  return Object.fromEntries(Object.entries(container).filter(([name]) => name !== key));
}
