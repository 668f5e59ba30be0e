// What the YAML reader finds wrong, made readable: one mistake can confuse it for the rest of a file.
import type { Problem } from './source.ts';

/** More than this in one file are hardly ever as many mistakes. */
const MOST = 5;

/** What the reader says where it runs out of stack. */
const OUT_OF_STACK = /^Maximum call stack/;

/** The first problems of a file with the number of the others, and what the file seems to be instead of a manifest. */
export function syntaxProblems(problems: readonly Problem[], text: string): readonly Problem[] {
  const shown = problems.slice(0, MOST).map(inOurWords);
  const [first] = problems;
  if (!first) return [];
  if (problems.length > MOST) {
    const message = `and ${problems.length - MOST} more, which may follow from these`;
    shown.push({ ...first, line: 0, column: 0, message });
  }
  if (text.includes('{{')) {
    const message = 'holds {{, so it may be a template (expected what it renders to, such as by `helm template`)';
    shown.push({ ...first, line: 0, column: 0, message });
  }
  return shown;
}

function inOurWords(problem: Problem): Problem {
  return OUT_OF_STACK.test(problem.message) ? { ...problem, message: 'nested too deeply to be read' } : problem;
}
