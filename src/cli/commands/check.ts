// Judges manifests: whether a cluster with these policies would take them.
import { Option } from 'commander';
import { summarize } from '../../report/shapes/result.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption } from '../command.ts';
import { EXIT } from '../exit.ts';
import { gapsOf } from '../gaps/gaps.ts';
import { type Gapped, hasErrors, isStrict, reportGaps, STRICT, sayGaps } from '../gaps/strict.ts';
import { readInputs } from '../inputs.ts';
import { styleOf } from '../io.ts';
import { judge } from '../judge.ts';
import { CONTEXT, IGNORE, MANIFESTS, outputFormat, outputOption, POLICIES, USER } from '../options.ts';
import { withProgress } from '../progress.ts';

export const check: CommandSpec = {
  name: 'check',
  summary: 'judge manifests by policies',
  description: `Judges manifests as a cluster with these policies would: fills in what is missing, then checks the result. A
Deployment whose pods would be refused is denied, although a cluster would store it. Exits with 1 if something is
denied. No cluster is asked: what it would know comes from the Namespaces, Roles and bindings among the manifests or in
--context.`,
  examples: [
    { does: 'Judge everything in a folder by a shipped bundle', line: 'sandgate check -p restricted -f deploy/' },
    {
      does: 'Judge the output of another tool by your own policies, and print JSON',
      line: 'cat web.yaml | sandgate check -p policies/ -f - -o json',
    },
  ],
  options: [
    POLICIES,
    MANIFESTS,
    IGNORE,
    ...CONTEXT,
    ...USER,
    IMPLEMENTATIONS,
    new Option('--no-inject', 'judge the objects as written, without filling anything in'),
    ...STRICT,
    new Option('-q, --quiet', 'print only what was denied or warned about, and the summary'),
    outputOption('judged', 'text'),
  ],
  async run(given, io) {
    const { objects, offline, isIncomplete, assumed } = await readInputs(given, io);
    const gapped: Gapped[] = [];
    for (const object of withProgress(objects, 'judged', io)) {
      const { result } = judge(object, offline);
      gapped.push({ result, gaps: gapsOf(object, result, offline.gate.policies, assumed) });
    }
    const { results, gaps } = reportGaps(gapped);
    const strict = isStrict(given, io);
    sayGaps(gaps, strict, io);
    io.stdout.write(outputFormat(given)?.judged?.(results, styleOf(io), flagOption(given, 'quiet')) ?? '');
    if (isIncomplete || (strict && hasErrors(gaps))) return EXIT.usage;
    return summarize(results).denied > 0 ? EXIT.denied : EXIT.ok;
  },
};
