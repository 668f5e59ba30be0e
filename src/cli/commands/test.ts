// Runs policy test suites.
import type { SuiteResult } from '../../report/shapes/suite-result.ts';
import { IMPLEMENTATIONS, implementationsFrom } from '../capability-implementations.ts';
import type { CommandSpec } from '../command.ts';
import { EXIT } from '../exit.ts';
import { say } from '../io.ts';
import { outputOptions, outputsOf, writeOutputs } from '../output.ts';
import { withProgress } from '../progress.ts';
import { loadSuites } from '../suites/load.ts';
import { runSuite } from '../suites/run-suite.ts';

export const test: CommandSpec = {
  name: 'test',
  summary: 'run policy test suites',
  description: `Runs test suites for policies: documents of kind PolicyTest, each with objects and the verdicts expected of
them. Folders are searched for suite.yaml, *.test.yaml, and suites in folders named tests. Exits with 1 if a case fails.`,
  argument: { name: '<path...>', description: 'suites, or folders with suites' },
  examples: [
    { does: 'Run every suite below a folder', line: 'sandgate test policies/' },
    { does: 'Run one suite', line: 'sandgate test policies/tests/suite.yaml' },
  ],
  options: [IMPLEMENTATIONS, ...outputOptions('tested', 'text')],
  async run(given, io) {
    const outputs = outputsOf(given);
    // Which classes there are is for each suite to say.
    const implementations = implementationsFrom(given, undefined);
    const results: SuiteResult[] = [];
    const noted = new Set<string>();
    const note = (line: string): void => {
      if (!noted.has(line)) say(io, line);
      noted.add(line);
    };
    for (const suite of withProgress(await loadSuites(given.args, io), 'ran', io)) {
      results.push(await runSuite(suite, io, note, implementations));
    }
    writeOutputs(
      outputs,
      io,
      (format, style) => format.tested?.(results, style),
      (format) => format.stepSummary?.tested(results),
    );
    const failed = results.some(({ cases }) => cases.some(({ differences }) => differences.length > 0));
    return failed ? EXIT.denied : EXIT.ok;
  },
};
