// Which files of a folder are passed over, by patterns as .gitignore has them.
import { compileGlob } from '../model/glob.ts';

/** True for a path below the folder that the patterns are about; `isFolder` where it is a folder. */
export type Ignores = (path: string, isFolder: boolean) => boolean;

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly foldersOnly: boolean;
  readonly takesBack: boolean;
}

/** The file with patterns that may stand in a folder. */
export const IGNORE_FILE = '.sandgateignore';

/** The patterns of a text: one a line, without comments and empty lines. */
export function ignoreLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * Patterns as https://git-scm.com/docs/gitignore has them, without its brackets and backslashes: a pattern with a slash before its
 * end is about paths from the folder on, any other about names at every depth; a slash at the end means folders; `!` takes
 * back what an earlier pattern passed over. Of several patterns that match, the last one counts.
 */
export function ignoring(patterns: readonly string[]): Ignores {
  const rules = patterns.map(ruleOf);
  return (path, isFolder) => {
    const last = rules.findLast((rule) => (isFolder || !rule.foldersOnly) && rule.matches(path));
    return last !== undefined && !last.takesBack;
  };
}

function ruleOf(written: string): Rule {
  const takesBack = written.startsWith('!');
  const foldersOnly = written.endsWith('/');
  const pattern = written.slice(takesBack ? 1 : 0, foldersOnly ? -1 : undefined);
  const isAnchored = pattern.includes('/');
  const globs = variants(pattern.replace(/^\.?\//, '')).map(compileGlob);
  const matches = (path: string): boolean => {
    const text = isAnchored ? path : path.slice(path.lastIndexOf('/') + 1);
    return globs.some((glob) => glob(text));
  };
  return { matches, foldersOnly, takesBack };
}

/** `**` and its slash stand for no folder at all, too, which {@link compileGlob} does not know. */
function variants(pattern: string): readonly string[] {
  return [...new Set([pattern, pattern.replaceAll('/**/', '/'), pattern.replace(/^\*\*\//, '')])];
}
