// The one reader of manifests: policies, objects, test suites and reviews all come through here. It reads what kubectl
// reads, as kubectl reads it, or refuses it.
import { foreignCharacters } from './characters.ts';
import { LARGE, parseJson } from './json.ts';
import type { ParsedSource } from './source.ts';
import { syntaxProblems } from './syntax-problems.ts';
import { unlikeKubectl } from './unlike-kubectl.ts';
import { parseYaml } from './yaml.ts';

/** How a text is read. */
export interface ManifestOptions {
  /** From this many characters on a JSON object is read by JSON.parse: fast, and without a syntax tree. */
  readonly fastFrom?: number;
  /** True for JSON that is known to be one object: it is not looked through for others. */
  readonly isOneObject?: boolean;
}

/**
 * Every document of a text, which may be YAML, JSON, or a stream of JSON objects; empty documents are left out. Beside them
 * comes what is wrong with it: syntax errors (of many the first few), and whatever kubectl would read otherwise.
 * @param text as {@link decodeText} returns it
 * @param file the name of the file in places and messages
 */
export function parseManifest(text: string, file: string, options: ManifestOptions = {}): ParsedSource {
  const { fastFrom = LARGE, isOneObject = false } = options;
  const json = /^\s*\{/.test(text) ? parseJson(text, file, fastFrom, isOneObject) : undefined;
  if (json) return json;
  const { documents, problems, isStream } = parseYaml(text, file);
  const found = [...foreignCharacters(text, file), ...problems, ...documents.flatMap(unlikeKubectl)];
  return { documents, problems: syntaxProblems(found, text), isStream };
}
