// A file as somebody wrote it, read as kubectl would read it, or refused.
import { type ParsedSource, parseSource } from './source.ts';
import { syntaxProblems } from './syntax-problems.ts';
import { unlikeKubectl } from './unlike-kubectl.ts';

/**
 * Every document of a YAML or JSON file, with what is wrong with it: what {@link parseSource} finds, and what kubectl
 * reads otherwise. Of many syntax errors the first few.
 */
export function parseManifest(text: string, file: string): ParsedSource {
  const { documents, problems } = parseSource(text, file);
  return { documents, problems: syntaxProblems([...problems, ...documents.flatMap(unlikeKubectl)], text) };
}
