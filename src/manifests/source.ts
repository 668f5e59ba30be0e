// YAML and JSON files as people write them: documents with their places, so that every complaint can name a line.
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

/** A place in a file. Lines and columns count from 1; 0 means the file as a whole. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong with a file, or a warning about it. */
export interface Problem extends Place {
  /** What is wrong, and in brackets what was expected. */
  readonly message: string;
}

/** `FILE:LINE:COL: message`, or `FILE: message` about a file as a whole. */
export function formatProblem({ file, line, column, message }: Problem): string {
  return line === 0 ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
}

/** One document of a file. */
export interface SourceDocument {
  readonly file: string;
  /** Counts from 1. */
  readonly number: number;
  /** Where its first line of content is. */
  readonly line: number;
  readonly value: unknown;
  /** The syntax tree, for edits that keep comments. */
  readonly tree: Document;
  /** The place of the value at these keys, or of its nearest ancestor that exists. `key`: of the key instead. */
  locate(keys: readonly (string | number)[], what?: 'value' | 'key'): Place;
}

export interface ParsedSource {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
}

/** YAML's way to make a small file enormous: more aliases than this are an error. */
const MOST_ALIASES = 1000;

/**
 * Reads every document of a YAML file (JSON is YAML, too). Empty documents are left out. Syntax errors and duplicate
 * keys come back as problems, with the documents that could be read all the same.
 */
export function parseSource(text: string, file: string): ParsedSource {
  const lines = new LineCounter();
  const trees = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    // Else it warns on the process's own standard error, in words of its own.
    logLevel: 'error',
    // kubectl reads YAML 1.1: `privileged: yes` is true there, and must be here. It knows no timestamps or base 60, though.
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isForeign(tag)).map(strictly),
  });
  const documents: SourceDocument[] = [];
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
      tree,
      locate: (keys, what = 'value') => placeAt(offsetOf(contents, keys, what)),
    });
  }
  return { documents, problems };
}

/** The tag, where it takes numbers, only for those with a digit in front of an exponent: `e3` and `.` are text to kubectl. */
function strictly(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || !('test' in tag) || tag.tag !== 'tag:yaml.org,2002:float' || !tag.test) return tag;
  if (tag.test.test('.inf')) return tag;
  return { ...tag, test: new RegExp(`^(?=[-+]?[0-9]|[-+]?\\.[0-9])(?:${tag.test.source})`) };
}

/** Tags of YAML 1.1 that kubectl's reader does not resolve: it leaves them strings. */
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
