// Problems of syntax made readable: after one mistake the YAML library may find many more that follow from it.
import type { Problem } from './source.ts';

/** How many are shown of one file. More of them are hardly ever as many mistakes. */
const MOST = 5;

/** What the YAML library says where it runs out of stack. */
const OUT_OF_STACK = /^Maximum call stack/;

/** The first problems of a file, the number of the others, and a hint where the file looks like a template. */
export function syntaxProblems(problems: readonly Problem[], text: string): readonly Problem[] {
  const shown = problems.slice(0, MOST).map(inOurWords);
  const [first] = problems;
  if (!first) return [];
  if (problems.length > MOST) {
    const message = `and ${problems.length - MOST} more, which may follow from these`;
    shown.push({ ...first, line: 0, column: 0, message });
  }
  if (text.includes('{{')) {
    const message =
      'contains {{, so it may be a template (expected rendered manifests, such as `helm template` prints)';
    shown.push({ ...first, line: 0, column: 0, message });
  }
  return shown;
}

function inOurWords(problem: Problem): Problem {
  return OUT_OF_STACK.test(problem.message) ? { ...problem, message: 'nested too deeply to be read' } : problem;
}
