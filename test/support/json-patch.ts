// RFC 6902 as the API server applies it (gopkg.in/evanphx/json-patch.v4), and stricter where that is lax: replacing a
// member that does not exist fails here. Not the library our patches come from: a judge must not be the accused.
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, ownField, stringField } from '../../src/model/json.ts';

type Container = { kind: 'object'; members: Map<string, Node> } | { kind: 'list'; items: Node[] };
type Node = Container | { kind: 'scalar'; value: unknown };

/** The document after the patch. Throws, in the API server's words, where an operation does not apply. */
export function applyPatch(document: unknown, patch: readonly unknown[]): unknown {
  let root = toNode(document);
  for (const operation of patch) root = applyOperation(root, operation);
  return toJson(root);
}

function applyOperation(root: Node, operation: unknown): Node {
  const op = stringField(operation, 'op') ?? '';
  const path = stringField(operation, 'path');
  if (path === undefined) throw new Error(`${op} operation failed to decode path`);
  if (!isJsonObject(operation)) throw new Error('an operation must be an object');
  const hasValue = Object.hasOwn(operation, 'value');
  if (['add', 'replace', 'test'].includes(op) && !hasValue) throw new Error(`${op} operation needs a value`);
  const value = ownField(operation, 'value');
  const { container, key } = find(root, path, op);
  switch (op) {
    case 'add':
      insert(container, key, toNode(value));
      return root;
    case 'remove':
      remove(container, key, path, op);
      return root;
    case 'replace':
      member(container, key, path, op);
      store(container, key, toNode(value));
      return root;
    case 'test':
      if (!isDeepStrictEqual(toJson(member(container, key, path, op)), value)) {
        throw new Error(`testing value ${path} failed`);
      }
      return root;
    case 'copy':
    case 'move': {
      const from = find(root, stringField(operation, 'from') ?? '', op);
      const moved = toNode(toJson(member(from.container, from.key, path, op)));
      if (op === 'move') remove(from.container, from.key, path, op);
      const target = find(root, path, op);
      insert(target.container, target.key, moved);
      return root;
    }
    default:
      throw new Error(`Unexpected kind: ${op}`);
  }
}

function find(root: Node, pointer: string, op: string): { container: Container; key: string } {
  const missing = new Error(`${op} operation does not apply: doc is missing path: ${pointer}`);
  const tokens = pointer.split('/').slice(1).map(unescapeToken);
  const key = tokens.pop();
  if (!pointer.startsWith('/') || key === undefined) throw missing;
  let node = root;
  for (const token of tokens) {
    if (node.kind === 'scalar') throw missing;
    node = member(node, token, pointer, op);
  }
  // null, too: nothing can be added below it.
  if (node.kind === 'scalar') throw missing;
  return { container: node, key };
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function member(container: Container, key: string, path: string, op: string): Node {
  const found = container.kind === 'object' ? container.members.get(key) : container.items[position(container, key)];
  if (!found) throw new Error(`${op} operation does not apply: doc is missing key: ${path}`);
  return found;
}

function position(list: { readonly items: readonly Node[] }, key: string, beyond = 0): number {
  if (!/^(?:0|[1-9]\d*)$/.test(key)) throw new Error(`value was not a proper array index: '${key}'`);
  const index = Number(key);
  if (index >= list.items.length + beyond) throw new Error(`Unable to access invalid index: ${index}`);
  return index;
}

function insert(container: Container, key: string, value: Node): void {
  if (container.kind === 'object') container.members.set(key, value);
  else if (key === '-') container.items.push(value);
  else container.items.splice(position(container, key, 1), 0, value);
}

function store(container: Container, key: string, value: Node): void {
  if (container.kind === 'object') container.members.set(key, value);
  else container.items[position(container, key)] = value;
}

function remove(container: Container, key: string, path: string, op: string): void {
  member(container, key, path, op);
  if (container.kind === 'object') container.members.delete(key);
  else container.items.splice(position(container, key), 1);
}

/** Maps instead of objects, so that a key `__proto__` is a key like any other. */
function toNode(value: unknown): Node {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(toNode) };
  if (!isJsonObject(value)) return { kind: 'scalar', value };
  return { kind: 'object', members: new Map(Object.entries(value).map(([key, inner]) => [key, toNode(inner)])) };
}

function toJson(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  // fromEntries defines properties; it does not assign them.
  return Object.fromEntries([...node.members].map(([key, inner]) => [key, toJson(inner)]));
}
