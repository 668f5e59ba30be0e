// What Sandgate says of the two texts. Pure: the page calls it in a browser, the tests in Node.
import {
  type CheckResult,
  check,
  type ExplainReport,
  explain,
  fillIn,
  loadPolicies,
  type Problem,
  type RepliesReport,
  replies,
} from '../src/index.ts';
import { type DifferenceLine, differenceOf } from './difference.ts';
import type { State } from './state.ts';

/** The names that messages call the two texts by. */
export const POLICIES_FILE = 'policies.yaml';
export const MANIFESTS_FILE = 'manifests.yaml';

/** A line to mark in one of the editors. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

/** Everything that the page shows. */
export interface Outcome {
  /** One sentence. */
  readonly summary: string;
  /** Mistakes in the policies, because of which nothing was judged. */
  readonly policyProblems: readonly Problem[];
  readonly policyWarnings: readonly Problem[];
  /** What of the manifests could not be read. */
  readonly manifestProblems: readonly Problem[];
  readonly results: readonly CheckResult[];
  readonly notes: readonly string[];
  readonly difference: readonly DifferenceLine[];
  readonly explained: ExplainReport['objects'];
  readonly replies: RepliesReport['objects'];
  readonly policyMarks: readonly Mark[];
  readonly manifestMarks: readonly Mark[];
}

/**
 * Judges and fills in.
 * @param now in milliseconds since 1970: exceptions end
 */
export function outcomeOf(state: State, now: number): Outcome {
  const loaded = loadPolicies([{ file: POLICIES_FILE, text: state.policies }]);
  const policyMarks = loaded.warnings.map((warning) => markOf(warning, 'warning'));
  const nothing = {
    results: [],
    notes: [],
    difference: [],
    explained: [],
    replies: [],
    manifestProblems: [],
    manifestMarks: [],
  };
  if (!loaded.ok) {
    return {
      ...nothing,
      summary: `Nothing was judged: the policies have ${counted(loaded.problems.length, 'mistake')}.`,
      policyProblems: loaded.problems,
      policyWarnings: loaded.warnings,
      policyMarks: [...loaded.problems.map((problem) => markOf(problem, 'error')), ...policyMarks],
    };
  }
  const files = [{ file: MANIFESTS_FILE, text: state.manifests }];
  const report = check(files, loaded.policies, { now });
  const [filled] = fillIn(files, loaded.policies, { now }).files;
  return {
    summary: summaryOf(report.summary, report.problems.length),
    policyProblems: [],
    policyWarnings: loaded.warnings,
    manifestProblems: report.problems,
    results: report.results,
    notes: report.notes,
    difference: filled ? differenceOf(state.manifests, filled.text) : [],
    explained: explain(files, loaded.policies, { now }).objects,
    replies: replies(files, loaded.policies, { now }).objects,
    policyMarks,
    manifestMarks: [...report.problems.map((problem) => markOf(problem, 'error')), ...report.results.flatMap(marksOf)],
  };
}

function markOf({ line, column, message }: Problem, severity: Mark['severity']): Mark {
  return { line, column, severity, message };
}

/** One for each finding, at the field or at what is nearest to it. */
function marksOf({ findings }: CheckResult): readonly Mark[] {
  return findings.map((finding) => {
    const { check: id, detail, fix, place, policy } = finding;
    const message = `${id}: ${detail}${fix === undefined ? '' : `. To fix: ${fix}`} (policy "${policy}")`;
    return { line: place.line, column: place.column, severity: severityOf(finding), message };
  });
}

function severityOf({ action, exception }: CheckResult['findings'][number]): Mark['severity'] {
  if (exception) return 'info';
  return action === 'Deny' ? 'error' : action === 'Warn' ? 'warning' : 'info';
}

function summaryOf(
  { allowed, denied, skipped }: { readonly allowed: number; readonly denied: number; readonly skipped: number },
  problems: number,
): string {
  const all = allowed + denied + skipped;
  const parts = [`${allowed} allowed`, `${denied} denied`, ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  const judged = all === 0 ? 'There is no object to judge.' : `${counted(all, 'object')}: ${parts.join(', ')}.`;
  return problems === 0 ? judged : `${judged} The manifests have ${counted(problems, 'mistake')}.`;
}

/** `1 object`, `2 objects`. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
