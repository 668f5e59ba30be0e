// Judges manifests: what a cluster with these policies would make of them.
import { type Result, summarize } from '../../report/shapes/result.ts';
import type { CommandSpec } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readInputs } from '../inputs.ts';
import { styleOf } from '../io.ts';
import { judge } from '../judge.ts';
import { contextOptions, inputOptions, outputFormat, outputOption, policyOptions, userOptions } from '../options.ts';
import { withProgress } from '../progress.ts';

const output = outputOption('judged', 'text');

export const check: CommandSpec = {
  name: 'check',
  summary: 'judge manifests',
  description: `Judges manifests as a cluster with these policies would: fills in what is missing, then checks the rest.
A Deployment whose pods would be refused is denied, although a cluster would store it. Exits with 1 where something
is denied. Nothing is asked of any cluster: Namespaces among the manifests, or in --context, say what is known.`,
  examples: [
    { does: 'Judge everything in a folder by a shipped bundle', line: 'sandgate check -p restricted -f deploy/' },
    {
      does: 'Judge what another tool prints by your own policies, for a machine to read',
      line: 'cat web.yaml | sandgate check -p policies/ -f - -o json',
    },
  ],
  declare(command) {
    policyOptions(command);
    inputOptions(command);
    contextOptions(command);
    userOptions(command);
    command.option('--no-inject', 'judge objects as written, with nothing filled in');
    output(command);
  },
  async run(given, io) {
    const { objects, offline } = await readInputs(given, io, 'judge');
    const results: Result[] = [];
    for (const object of withProgress(objects, 'judged', io)) results.push(judge(object, offline).result);
    io.stdout.write(outputFormat(given)?.judged?.(results, styleOf(io)) ?? '');
    return summarize(results).denied > 0 ? EXIT.denied : EXIT.ok;
  },
};
