// Judges manifests: whether a cluster with these policies would take them.
import { Option } from 'commander';
import { gapsOf } from '../../library/offline/gaps/gaps.ts';
import { judge } from '../../library/offline/judge.ts';
import { summarize } from '../../report/shapes/result.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption } from '../command.ts';
import { Drafting } from '../exceptions/draft.ts';
import { WRITE_EXCEPTIONS, writeDrafts, writeOptions } from '../exceptions/write.ts';
import { EXIT } from '../exit.ts';
import { type Gapped, hasErrors, isStrict, reportGaps, STRICT, sayGaps } from '../gaps/strict.ts';
import { readInputs } from '../inputs.ts';
import { CONTEXT, IGNORE, MANIFESTS, POLICIES, USER } from '../options.ts';
import { outputOptions, outputsOf, writeOutputs } from '../output.ts';
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
    {
      does: 'Draft the exceptions that would let in what is denied today',
      line: 'sandgate check -p policies/ -f deploy/ --write-exceptions exceptions.yaml --expires 2027-06-30',
    },
    {
      does: 'Print text, and write a report for code scanning',
      line: 'sandgate check -p restricted -f deploy/ -o text -o sarif=sandgate.sarif',
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
    ...WRITE_EXCEPTIONS,
    new Option('-q, --quiet', 'print only what was denied or warned about, and the summary'),
    ...outputOptions('judged', 'text'),
  ],
  async run(given, io) {
    const outputs = outputsOf(given);
    const writing = writeOptions(given);
    const { objects, offline, unread, isIncomplete, assumed } = await readInputs(given, io);
    const drafting = writing && new Drafting(offline);
    const gapped: Gapped[] = [];
    for (const object of withProgress(objects, 'judged', io)) {
      const judged = judge(object, offline);
      const { result } = judged;
      drafting?.add(object, judged);
      gapped.push({ result, gaps: gapsOf(object, result, offline.gate.policies, assumed) });
    }
    const { results, gaps } = reportGaps(gapped);
    const strict = isStrict(given, io);
    sayGaps(gaps, strict, io);
    const options = { quiet: flagOption(given, 'quiet'), unread };
    writeOutputs(
      outputs,
      io,
      (format, style) => format.judged?.(results, style, options),
      (format) => format.stepSummary?.judged(results, options),
    );
    if (writing && drafting) writeDrafts(drafting.all, writing, io);
    if (isIncomplete || unread.length > 0 || (strict && hasErrors(gaps))) return EXIT.usage;
    return summarize(results).denied > 0 ? EXIT.denied : EXIT.ok;
  },
};
