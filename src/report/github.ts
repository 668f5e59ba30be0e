// Annotations of GitHub Actions, which a job's log shows and pull requests have at the lines, and a summary of the step.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
import { type Action, type Finding, phrase } from '../model/finding.ts';
import { type CommandName, workflowCommand } from './github-actions/command.ts';
import { judgedSummary, testedSummary } from './github-actions/summary.ts';
import type { Format, JudgedOptions } from './shapes/format.ts';
import { isNotable, type Result, summarize, titleOf } from './shapes/result.ts';
import type { Tested } from './shapes/tested.ts';
import { coverageLine } from './terminal/coverage.ts';
import { shownFindings, whyWords } from './terminal/finding-lines.ts';
import { warningsOf } from './terminal/words.ts';

export const github: Format = {
  name: 'github',
  judged: (results, _, options = {}) => `${judgedLines(results, options).join('\n')}\n`,
  tested: (tested) => `${testedLines(tested).join('\n')}\n`,
  stepSummary: { variable: 'GITHUB_STEP_SUMMARY', judged: judgedSummary, tested: testedSummary },
};

const COMMANDS: Readonly<Record<Action, CommandName>> = { Deny: 'error', Warn: 'warning', Audit: 'notice' };

/** GitHub shows the first ten errors and the first ten warnings of a step: refusals come first, and all fields of a finding as one. */
function judgedLines(all: readonly Result[], { quiet = false, unread = [] }: JudgedOptions): string[] {
  const results = quiet ? all.filter(isNotable) : all;
  const annotations = [
    ...unread.map(({ message, place }) => workflowCommand('error', 'cannot be read', message, place)),
    ...(['Deny', 'Warn', 'Audit'] as const).flatMap((action) =>
      results.flatMap((result) =>
        shownFindings(result.findings)
          .filter((finding) => finding.action === action)
          .map((finding) => annotation(result, finding)),
      ),
    ),
    ...results.flatMap((result) =>
      warningsOf(result).map((text) => workflowCommand('warning', titleOf(result.object), text, result.placeOf(''))),
    ),
  ];
  const { denied, allowed, skipped } = summarize(all);
  return [...annotations, `${denied} denied, ${allowed} allowed, ${skipped} skipped`];
}

function annotation(result: Result, finding: Finding): string {
  const { check, action, fields, fix } = finding;
  const paths = fields.map(({ path }) => path).join(', ');
  const lines = [
    phrase(finding),
    `where: ${paths}`,
    `why: ${whyWords(finding)}`,
    ...(fix === '' ? [] : [`fix: ${fix}`]),
  ];
  const title = `${titleOf(result.object)}: ${check}`;
  return workflowCommand(COMMANDS[action], title, lines.join('\n'), result.placeOf(fields[0]?.path ?? ''));
}

function testedLines({ suites, coverage }: Tested): string[] {
  const cases = suites.flatMap((suite) => suite.cases.map((testCase) => ({ suite, testCase })));
  const failed = cases.filter(({ testCase }) => testCase.differences.length > 0);
  const annotations = failed.map(({ suite, testCase }) =>
    workflowCommand('error', `${suite.name}: ${testCase.name}`, testCase.differences.join('\n'), testCase.place),
  );
  const lines = [...annotations, `${cases.length - failed.length} passed, ${failed.length} failed`];
  return coverage ? [...lines, coverageLine(coverage)] : lines;
}
