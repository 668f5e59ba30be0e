// The reader of YAML, and of JSON, which is YAML as well: every value keeps its place.
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Tags,
} from 'yaml';
import type { ParsedSource, Place, Problem, SourceDocument } from './source.ts';

/** A document with its syntax tree. */
export interface YamlDocument extends SourceDocument {
  readonly tree: Document;
}

/** A text that was read as YAML. */
export interface ParsedYaml extends ParsedSource {
  readonly documents: readonly YamlDocument[];
}

/** Aliases of aliases can make a small file enormous: more of them than this are an error. */
const MOST_ALIASES = 1000;

/**
 * Reads every document of a YAML text, and leaves out the empty ones. Syntax errors and duplicate keys come back as problems,
 * in the YAML library's words, beside the documents that could be read.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter();
  const trees = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    // By default it prints warnings to the standard error of the process.
    logLevel: 'error',
    // kubectl reads YAML 1.1, where `privileged: yes` is true, but without its timestamps and numbers of base 60.
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isForeign(tag)).map(strictly),
  });
  const documents: YamlDocument[] = [];
  const problems: Problem[] = [];
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let number = 0;
  for (const tree of trees) {
    number++;
    if (tree.errors.length > 0) {
      for (const error of tree.errors) problems.push({ ...placeAt(error.pos[0]), message: error.message });
      continue;
    }
    if (tree.contents === null || (isScalar(tree.contents) && tree.contents.value === null)) continue;
    const contents = tree.contents;
    const start = placeAt(contents.range[0]);
    let value: unknown;
    try {
      value = tree.toJS({ maxAliasCount: MOST_ALIASES });
    } catch (error) {
      problems.push({ ...start, message: error instanceof Error ? error.message : String(error) });
      continue;
    }
    documents.push({
      file,
      number,
      line: start.line,
      value,
      text,
      tree,
      locate: (keys, what = 'value') => placeAt(offsetOf(contents, keys, what)),
    });
  }
  return { documents, problems, isStream: false };
}

/** The tag; that of floats only for texts with a digit before the exponent, as kubectl reads `e3` and `.` as strings. */
function strictly(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || !('test' in tag) || tag.tag !== 'tag:yaml.org,2002:float' || !tag.test) return tag;
  if (tag.test.test('.inf')) return tag;
  return { ...tag, test: new RegExp(`^(?=[-+]?[0-9]|[-+]?\\.[0-9])(?:${tag.test.source})`) };
}

/** True for tags of YAML 1.1 that kubectl's reader does not resolve: such values stay strings. */
function isForeign(tag: { readonly tag: string; readonly format?: string | undefined }): boolean {
  return tag.format === 'TIME' || tag.tag.endsWith(':timestamp') || tag.tag.endsWith(':binary');
}

function offsetOf(root: Node, keys: readonly (string | number)[], what: 'value' | 'key'): number {
  let node: unknown = root;
  let offset = root.range?.[0] ?? 0;
  for (const [depth, key] of keys.entries()) {
    if (isAlias(node)) return offset;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      if (!pair) return offset;
      const last = depth === keys.length - 1;
      const target: unknown = (last && what === 'key') || pair.value === null ? pair.key : pair.value;
      offset = startOf(target) ?? startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(key)];
      if (item === undefined) return offset;
      offset = startOf(item) ?? offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
