// Every mistake, its words and its place.
import { expect, test } from 'vitest';
import { formatProblem } from '../../src/manifests/source.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import { BAD, HEAD } from './bad-files.ts';

/** The problems of one file, one for each line; the file is called `p.yaml`. */
function problemsOf(text: string): readonly string[] {
  const result = loadPolicies([{ file: 'p.yaml', text }]);
  return result.ok ? [] : result.problems.map(formatProblem);
}

/** How many keys there are is not what this is about. */
function cut(line: string): string {
  return line.replace(/and \d+ more\)$/, 'and N more)');
}

test.each(BAD)('a policy file is refused: $name', ({ text, says }) => {
  expect(problemsOf(text).map(cut)).toEqual(says.map(cut));
});

test('a syntax error is a problem, and the documents after it are still looked at', () => {
  const found = problemsOf(`a: [\n---\n${HEAD}spec: { hardn: x }\n`);
  expect(found[0]).toMatch(/^p\.yaml:\d+:\d+: /);
  expect(found.at(-1)).toBe('p.yaml:6:9: /spec/hardn: unknown key (did you mean "harden"?)');
});

test('no sources at all are a problem', () => {
  const result = loadPolicies([]);
  expect(result.ok).toBe(false);
  expect(result.ok ? [] : result.problems.map((problem) => problem.message)).toEqual([
    'no policy found (expected at least one IsolationPolicy)',
  ]);
});

test('a name is taken once, also across files, and both places are named', () => {
  const result = loadPolicies([
    { file: 'b.yaml', text: `${HEAD}spec: { harden: baseline }\n` },
    { file: 'a.yaml', text: `# a comment\n${HEAD}spec: { harden: baseline }\n---\n${HEAD}spec: { hardn: baseline }\n` },
  ]);
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    'a.yaml:4:19: /metadata/name: "agents" is taken by the policy at b.yaml:3 (expected a name of its own)',
    'a.yaml:9:19: /metadata/name: "agents" is taken by the policy at b.yaml:3 (expected a name of its own)',
    'a.yaml:10:9: /spec/hardn: unknown key (did you mean "harden"?)',
  ]);
});
