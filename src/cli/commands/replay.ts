// Judges what an API server's audit log recorded.
import { Option } from 'commander';
import { enforcementByRow } from '../../engine/gate.ts';
import type { EventCounts } from '../../report/shapes/format.ts';
import type { Unread } from '../../report/shapes/unread.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption, listOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { hasErrors, IN_LOGS, isStrict, STRICT, sayGaps } from '../gaps/strict.ts';
import { describedBy, lineOf, objectsOf, readObjects } from '../inputs.ts';
import { say } from '../io.ts';
import {
  ASSUME_AUTHORIZED,
  NAMESPACE_ANNOTATIONS,
  NAMESPACE_LABELS,
  NOW,
  namedPaths,
  POLICIES,
  policyPaths,
} from '../options.ts';
import { outputOptions, outputsOf, writeOutputs } from '../output.ts';
import { policiesFrom } from '../policies.ts';
import { ProgressLine } from '../progress.ts';
import { runReplay } from '../replay/run-replay.ts';
import { unjudgedGaps } from '../replay/unjudged.ts';

export const replay: CommandSpec = {
  name: 'replay',
  summary: 'judge what an audit log recorded',
  description: `Judges the requests that an API server's audit log recorded as the webhook would with these policies: for the
same user, operation and subresource, with the old object of an update taken from earlier events. Requests logged at the
levels Request and RequestResponse are judged; those at level Metadata have no object, and are only counted. Exits with 1 if a request would be denied, and
with 2 if a log could not be read to its end.`,
  examples: [
    { does: "Which of last week's requests would be refused?", line: 'sandgate replay -p policies/ -f audit-logs/' },
    {
      does: 'With the namespaces of the cluster, from standard input',
      line: 'cat audit.log | sandgate replay -p restricted -f - --context namespaces.yaml',
    },
  ],
  options: [
    POLICIES,
    new Option(
      '-f, --filename <path...>',
      'audit logs, compressed by gzip or not: files in the order in which they were written, folders, or - for standard input (required)',
    ),
    new Option(
      '--context <path...>',
      'files or folders with the Namespaces, Roles, bindings and IsolationExceptions of the cluster; other objects in them are ignored',
    ),
    NAMESPACE_LABELS,
    NAMESPACE_ANNOTATIONS,
    NOW,
    ASSUME_AUTHORIZED,
    IMPLEMENTATIONS,
    ...STRICT,
    new Option('-q, --quiet', 'print only what was denied or warned about, and the summary'),
    ...outputOptions('judged', 'text'),
  ],
  async run(given, io) {
    const outputs = outputsOf(given);
    const paths = namedPaths(listOption(given, 'filename'), io.cwd);
    if (paths.length === 0) {
      throw new UsageError(
        'no audit log given (expected -f with a file, a folder or -)',
        'type for example -f audit.log',
      );
    }
    const judging = await policiesFrom(policyPaths(given, io), io, { namespace: 'default' });
    const context = objectsOf(await readObjects(listOption(given, 'context'), io));
    const { offline, assumed, isIncomplete } = describedBy(given, io, judging, context);
    const unread: Unread[] = [];
    const progress = new ProgressLine(io);
    const onUnread = (problem: Unread): void => {
      progress.clear();
      unread.push(problem);
      say(io, lineOf(problem));
    };
    // As the webhook does: a Deployment is let in with warnings, and its pods are requests of their own.
    const gate = { ...offline.gate, enforcement: enforcementByRow };
    const ledger = await runReplay(paths, { offline: { ...offline, gate }, assumed, onUnread }, io, progress);
    const events = ledger.events();
    const results = ledger.results();
    const nothing = { message: `nothing was judged: ${whyNothing(events, unread)}` };
    const gaps = [
      ...ledger.gaps(),
      ...unjudgedGaps(events.unjudged),
      ...(events.denied + events.allowed === 0 ? [{ ...nothing, line: nothing.message }] : []),
    ];
    const strict = isStrict(given, io);
    sayGaps(gaps, strict, io, IN_LOGS);
    const options = { quiet: flagOption(given, 'quiet'), unread, command: 'replay', events };
    writeOutputs(
      outputs,
      io,
      (format, style) =>
        format.replayed ? format.replayed(results, style, options) : format.judged?.(results, style, options),
      (format) => format.stepSummary?.judged(results, options),
    );
    if (isIncomplete || unread.length > 0 || (strict && hasErrors(gaps))) return EXIT.usage;
    return events.denied > 0 ? EXIT.denied : EXIT.ok;
  },
};

/** Why no request was judged. */
function whyNothing({ unjudged, passedOver, skipped }: EventCounts, unread: readonly Unread[]): string {
  const isUnsaid = Object.values(unjudged).some((count) => count > 0);
  if (isUnsaid && skipped === 0) return 'the log says too little about every request of a workload';
  if (unread.length > 0 && passedOver + skipped === 0) return 'no request could be read';
  return 'the log has no request of a workload, at the stage ResponseComplete, that a policy matches';
}
