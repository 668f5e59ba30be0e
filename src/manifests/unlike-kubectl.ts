// What kubectl reads differently from us, or not at all. A verdict on anything but what will be applied is worse than none,
// so such manifests are refused.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Problem } from './source.ts';
import type { YamlDocument } from './yaml.ts';

type Keys = readonly (string | number)[];
type Complain = (keys: Keys, message: string, what?: 'value' | 'key') => void;
type Resolve = (alias: Alias) => Node | undefined;

/** A problem for each place in a document that kubectl reads differently. */
export function unlikeKubectl(document: YamlDocument): readonly Problem[] {
  const { tree } = document;
  const problems: Problem[] = [];
  const complain: Complain = (keys, message, what) => problems.push({ ...document.locate(keys, what), message });
  walk(tree.contents, [], aliasesOf(tree), complain);
  return problems;
}

/**
 * What each alias of a document stands for: the last node before it with that anchor. The library's own `alias.resolve` goes
 * through the whole document each time, and a file may hold thousands of aliases.
 */
function aliasesOf(tree: Document): Resolve {
  let targets: Map<Alias, Node | undefined> | undefined;
  return (alias) => {
    targets ??= allTargets(tree);
    return targets.get(alias);
  };
}

function allTargets(tree: Document): Map<Alias, Node | undefined> {
  const targets = new Map<Alias, Node | undefined>();
  const anchored = new Map<string, Node>();
  visit(tree, {
    Alias: (_, alias) => void targets.set(alias, anchored.get(alias.source)),
    Value: (_, node) => void (node.anchor !== undefined && anchored.set(node.anchor, node)),
  });
  return targets;
}

function walk(node: unknown, keys: Keys, resolve: Resolve, complain: Complain): void {
  if (isMap(node)) {
    mergesOf(node, keys, resolve, complain);
    for (const pair of node.items) {
      keyOf(pair, keys, complain);
      walk(pair.value, [...keys, textOf(pair.key)], resolve, complain);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) walk(item, [...keys, index], resolve, complain);
  } else if (isAlias(node)) {
    if (holds(resolve(node), node)) {
      complain(
        keys,
        `*${node.source} stands for something that contains it, without end (expected an alias of something else)`,
      );
    }
  } else if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
    complain(keys, `${node.source ?? node.value} is not a number that JSON has (expected quotes around a string)`);
  }
}

function keyOf(pair: Pair, keys: Keys, complain: Complain): void {
  const { key } = pair;
  const name = textOf(key);
  if (isMap(key) || isSeq(key)) complain(keys, 'a list or a map is used as a key (expected a string)');
  if (!isScalar(key)) return;
  if (key.value === null) complain(keys, 'a key without a name (expected a string)');
  if (name.includes('\uFEFF')) {
    complain([...keys, name], 'a byte order mark in a key (expected one before a document, or none)', 'key');
  }
  // To YAML the comment, and the quotes after it, are part of the key.
  if (key.type === 'PLAIN' && /^\/[/*]/.test(name)) {
    complain([...keys, name], 'a comment in JSON, which has none (expected # in YAML)', 'key');
  }
}

/**
 * By the YAML specification a key of the map wins over a merged one, and the first merge over the second, in whatever order
 * they are written. kubectl's reader lets the later one win: `privileged: false` before a `<<` may be true there.
 */
function mergesOf(map: YAMLMap, keys: Keys, resolve: Resolve, complain: Complain): void {
  const before = new Set<string>();
  for (const { key, value } of map.items) {
    if (!isMerge(key)) {
      before.add(textOf(key));
      continue;
    }
    const merged = mergedKeys(value, resolve);
    for (const name of merged) {
      if (!before.has(name)) continue;
      complain(
        [...keys, name],
        `${JSON.stringify(name)} is also among the keys that a later << merges in, and kubectl takes that one (expected << first, and once)`,
        'key',
      );
    }
    for (const name of merged) before.add(name);
  }
}

function mergedKeys(value: unknown, resolve: Resolve): ReadonlySet<string> {
  const names = new Set<string>();
  // An alias may stand for a map that contains it, so that this would go round in circles.
  const seen = new Set<unknown>();
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    const source = isAlias(next) ? resolve(next) : next;
    if (seen.has(source)) continue;
    seen.add(source);
    if (isSeq(source)) pending.push(...source.items);
    if (!isMap(source)) continue;
    for (const pair of source.items) {
      if (isMerge(pair.key)) pending.push(pair.value);
      else names.add(textOf(pair.key));
    }
  }
  return names;
}

function isMerge(key: unknown): boolean {
  return isScalar(key) && (typeof key.value === 'symbol' || (key.value === '<<' && key.type === 'PLAIN'));
}

function textOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

/** True where the inner node is written inside of the outer one. */
function holds(outer: Node | undefined, inner: Node): boolean {
  if (!isNode(outer) || !outer.range || !inner.range) return false;
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}
