// Runs policy test suites.
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { countReached } from '../../report/shapes/coverage.ts';
import type { SuiteResult } from '../../report/shapes/suite-result.ts';
import type { Tested } from '../../report/shapes/tested.ts';
import { IMPLEMENTATIONS, implementationsFrom } from '../capability-implementations.ts';
import { type CommandSpec, flagOption, type Given } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { type Io, say } from '../io.ts';
import { type Output, outputOptions, outputsOf, writeOutputs } from '../output.ts';
import { withProgress } from '../progress.ts';
import { loadSuites } from '../suites/load.ts';
import { runSuite } from '../suites/run-suite.ts';
import type { Suite } from '../suites/suite.ts';
import { foldersOf } from '../suites/watched.ts';
import { countedDocuments } from '../test-coverage/counted.ts';
import { CoverageRecorder } from '../test-coverage/recorder.ts';
import { runOnChange } from '../watch.ts';

const THRESHOLD = 'coverageThreshold';

export const test: CommandSpec = {
  name: 'test',
  summary: 'run policy test suites',
  description: `Runs test suites for policies: documents of kind PolicyTest, each with objects and the verdicts expected of
them. Folders are searched for suite.yaml, *.test.yaml, and suites in folders named tests. Exits with 1 if a case fails.`,
  argument: { name: '<path...>', description: 'suites, or folders with suites' },
  examples: [
    { does: 'Run every suite below a folder', line: 'sandgate test policies/' },
    { does: 'Run one suite', line: 'sandgate test policies/tests/suite.yaml' },
    { does: 'See which parts of the policies no case reaches', line: 'sandgate test policies/ --coverage' },
  ],
  options: [
    IMPLEMENTATIONS,
    new Option(
      '--coverage',
      'say which rules, checks, validations, fill-ins, image rows, exceptions and implementations no case reaches',
    ),
    new Option(
      '--coverage-threshold <percent>',
      'exit with 1 where cases reach less of the policies than this (implies --coverage)',
    ).argParser(percent),
    new Option('--update', 'write the files anew that cases name as their expected output'),
    new Option('--watch', 'run the suites again whenever a file changes that they depend on'),
    ...outputOptions('tested', 'text'),
  ],
  async run(given, io) {
    const outputs = outputsOf(given);
    if (flagOption(given, 'watch')) return await runAgain(given, outputs, io);
    return await runAll(await loadSuites(given.args, io), given, outputs, io);
  },
};

/** Mistakes in a file are said, and do not end the watch: somebody is writing it. */
async function runAgain(given: Given, outputs: readonly Output[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const run = async (): Promise<readonly string[]> => {
    let suites: readonly Suite[] = [];
    try {
      suites = await loadSuites(given.args, io);
      code = await runAll(suites, given, outputs, io);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      for (const line of error.lines) say(io, line);
      code = EXIT.usage;
    }
    const folders = foldersOf(given.args, suites, io);
    if (folders.length === 0) throw new UsageError(`nothing to watch in ${given.args.join(', ')}`);
    say(io, 'waiting for changes (Ctrl+C ends)');
    return folders;
  };
  const signal = io.signal ?? new AbortController().signal;
  // What is written here itself would run them for ever.
  const written = new Set(outputs.flatMap(({ file }) => (file === undefined ? [] : resolve(io.cwd, file))));
  await runOnChange(run, { signal, matters: (path) => /\.(?:ya?ml|json)$/.test(path) && !written.has(path) });
  return code;
}

async function runAll(suites: readonly Suite[], given: Given, outputs: readonly Output[], io: Io): Promise<number> {
  // Which classes there are is for each suite to say.
  const implementations = implementationsFrom(given, undefined);
  const threshold = given.options[THRESHOLD];
  const recorder = flagOption(given, 'coverage') || threshold !== undefined ? new CoverageRecorder() : undefined;
  const noted = new Set<string>();
  const note = (line: string): void => {
    if (!noted.has(line)) say(io, line);
    noted.add(line);
  };
  const results: SuiteResult[] = [];
  for (const suite of withProgress(suites, 'ran', io)) {
    const result = await runSuite(suite, io, {
      note,
      implementations,
      update: flagOption(given, 'update'),
      onPolicies: (loaded, paths) => recorder?.begin(countedDocuments(loaded, paths, io)),
      onJudged: (judged, gate) => recorder?.record(judged, gate),
    });
    results.push(result);
  }
  const tested: Tested = { suites: results, coverage: recorder?.result() };
  writeOutputs(
    outputs,
    io,
    (format, style) => format.tested?.(tested, style),
    (format) => format.stepSummary?.tested(tested),
  );
  const isCovered = meetsThreshold(tested, threshold, io);
  const failed = results.some(({ cases }) => cases.some(({ differences }) => differences.length > 0));
  return failed || !isCovered ? EXIT.denied : EXIT.ok;
}

function meetsThreshold({ coverage }: Tested, threshold: unknown, io: Io): boolean {
  if (!coverage || typeof threshold !== 'number') return true;
  const { reached, total, percent: found } = countReached(coverage.items);
  if (reached * 100 >= threshold * total) return true;
  say(io, `cases reach ${reached} of ${total} parts of the policies, ${found}% (expected at least ${threshold}%)`);
  return false;
}

function percent(text: string): number {
  const number = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && number <= 100) return number;
  throw new InvalidArgumentError('(expected a number from 0 to 100)');
}
