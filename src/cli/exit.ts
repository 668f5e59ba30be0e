// Exit codes, and the errors that end a run with one.
import { formatProblem, type Problem } from '../manifests/source.ts';

/** The exit codes. CI jobs use them to tell a violation from a mistake of their own. */
export const EXIT = { ok: 0, denied: 1, usage: 2, fault: 3 } as const;

/** The codes as `--help` lists them. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, 'nothing was denied, every test passed'],
  [EXIT.denied, 'something was denied, a test failed, or a cluster does not ask Sandgate'],
  [EXIT.usage, 'a mistake in the command line, a policy or another file'],
  [EXIT.fault, 'a bug in sandgate'],
];

/** A mistake of the caller, because of which nothing was judged. Every line goes to stderr after `sandgate: `. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** One error with a line for each of these problems. */
export function problemsError(problems: readonly Problem[]): UsageError {
  return new UsageError(...problems.map(formatProblem));
}
