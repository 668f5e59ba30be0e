// The second way to change a YAML document: edit its syntax tree and print it. Comments stay, layout does not.
import { type Document, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { isJsonObject, sameJson } from '../../model/json.ts';
import { keyName } from './map.ts';

/** A node with the value `after`: the given node, edited, where it is of the right kind, else a new one. */
export function editTree(tree: Document, node: unknown, after: unknown): Node {
  if (isNode(node) && sameJson(node.toJS(tree), after)) return node;
  if (isMap(node) && isJsonObject(after)) {
    node.items = node.items.filter(({ key }) => Object.hasOwn(after, keyName(key) ?? ''));
    for (const [key, value] of Object.entries(after)) {
      node.set(key, editTree(tree, node.get(key, true), value));
    }
    return node;
  }
  if (isSeq(node) && Array.isArray(after)) {
    node.items = after.map((value, index) => editTree(tree, node.items[index], value));
    return node;
  }
  if (isScalar(node) && (typeof after !== 'object' || after === null)) {
    node.value = after;
    delete node.source;
    return node;
  }
  return tree.createNode(after);
}
