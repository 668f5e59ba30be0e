// Judges what a cluster holds, as it is.
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { type Result, summarize } from '../../report/shapes/result.ts';
import type { Unread } from '../../report/shapes/unread.ts';
import type { AuditInput } from '../audit/audit-input.ts';
import { auditOfCluster } from '../audit/from-cluster.ts';
import { auditOfFiles } from '../audit/from-files.ts';
import { runAudit } from '../audit/run-audit.ts';
import { type Round, type WatchAuditOptions, watchAudit } from '../audit/watch-audit.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption, type Given, listOption, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { hasErrors, isStrict, STRICT, sayGaps, withNothingJudged } from '../gaps/strict.ts';
import { type Io, say } from '../io.ts';
import {
  annotationsGiven,
  IGNORE,
  inputPaths,
  labelsGiven,
  NAMESPACE_ANNOTATIONS,
  NAMESPACE_LABELS,
  NOW,
  namedPaths,
  policyPaths,
  USER,
} from '../options.ts';
import { type Output, outputOptions, outputsOf, writeOutputs } from '../output.ts';
import { fromHere } from '../policies.ts';
import { ProgressLine } from '../progress.ts';
import { STDIN } from '../read-files.ts';
import { seconds } from '../seconds.ts';
import { fileObjects, noObjectsIn } from '../sources/file-objects.ts';
import { foldersOf } from '../suites/watched.ts';

/** Listing a cluster again costs its API server something. */
const INTERVAL_SECONDS = 60;

export const audit: CommandSpec = {
  name: 'audit',
  summary: 'judge what a cluster holds, as it is',
  description: `Judges the pods and controllers of a cluster, or of files that kubectl printed. Pods are judged as they run, and
controllers by the pods that they would create now. Pods of a controller are reported separately only where they have
findings that the controller does not have. Without -p, the policies are those of the cluster. Exits with 1 if
something is denied, and with 2 if something could not be read.`,
  examples: [
    {
      does: 'Which running workloads violate the policies of the cluster?',
      line: 'sandgate audit --kubeconfig ~/.kube/config',
    },
    {
      does: 'What would a stricter policy find in two namespaces?',
      line: 'sandgate audit --kubeconfig ~/.kube/config -p restricted -n agents builds',
    },
    {
      does: 'What comes up and what goes away, while you look',
      line: 'sandgate audit --kubeconfig ~/.kube/config --watch',
    },
    {
      does: 'Without access to the cluster',
      line: 'kubectl get pods,deployments,namespaces -A -o json | sandgate audit -p restricted -f -',
    },
  ],
  options: [
    new Option(
      '-p, --policies <path...>',
      'policies: files, folders, names of shipped bundles, or - for standard input (default: those of the cluster; required with -f)',
    ),
    new Option(
      '--cluster-policies',
      'judge by the policies of the cluster as well as those of -p, as the webhook does',
    ).conflicts('filename'),
    new Option('--kubeconfig <file>', 'audit the cluster of the current context in this file').conflicts([
      'inCluster',
      'filename',
    ]),
    new Option('--in-cluster', 'audit the cluster that this pod runs in').conflicts('filename'),
    new Option(
      '-f, --filename <path...>',
      'audit files, folders, or - for standard input: what kubectl get prints with -o json or -o yaml',
    ),
    IGNORE,
    new Option('-n, --namespace <name...>', 'audit these namespaces only (default: all)'),
    new Option(
      '--exclude-namespace <pattern...>',
      'do not judge these namespaces; * stands for any characters, as in openshift-*',
    ),
    new Option('--each-pod', 'report every pod and every controller by itself'),
    new Option(
      '--context <path...>',
      'with -f: files or folders with the Namespaces, Roles, bindings and IsolationExceptions of the cluster',
    ),
    NAMESPACE_LABELS,
    NAMESPACE_ANNOTATIONS,
    NOW,
    ...USER,
    IMPLEMENTATIONS,
    ...STRICT,
    new Option(
      '--publish',
      'store the results in the cluster, as reports of openreports.io, or of wgpolicyk8s.io where only these are installed',
    ),
    new Option(
      '--reports-owner <clusterrole>',
      'with --publish: a ClusterRole that the reports go away with, when it is deleted',
    ),
    new Option(
      '--exit-zero',
      'exit with 0 also where something is denied, for a job that fails only where the audit itself does',
    ),
    new Option(
      '--watch',
      'judge again and again, and print what is new and what is gone: files where one changes, and a cluster at an interval',
    ),
    new Option(
      '--interval <seconds>',
      `with --watch: how long to wait before the cluster is read again (default: ${INTERVAL_SECONDS})`,
    ).argParser(interval),
    new Option('-q, --quiet', 'print only what was denied or warned about, and the summary'),
    ...outputOptions('judged', 'text'),
  ],
  async run(given, io) {
    const outputs = outputsOf(given);
    if (textOption(given, 'reportsOwner') !== undefined && !flagOption(given, 'publish'))
      throw new UsageError('--reports-owner is about the reports that are stored (expected --publish beside it)');
    if (flagOption(given, 'watch')) return await watchAudit(watchOptions(given, outputs, io), io);
    if (given.options.interval !== undefined)
      throw new UsageError('--interval is about what is read again (expected --watch beside it)');
    const { results, unread, code } = await judgeOnce(given, io);
    const options = { quiet: flagOption(given, 'quiet'), unread, command: 'audit' };
    writeOutputs(
      outputs,
      io,
      (format, style) => (format.audited ?? format.judged)?.(results, style, options),
      (format) => format.stepSummary?.judged(results, options),
    );
    const isPublished = !flagOption(given, 'publish') || (await publish(given, io, results, unread.length === 0));
    return isPublished ? code : EXIT.usage;
  },
};

/** What one audit came to, before it is printed. */
interface Judged extends Round {
  readonly unread: readonly Unread[];
}

async function judgeOnce(given: Given, io: Io): Promise<Judged> {
  const progress = new ProgressLine(io);
  const input = await inputOf(given, io, progress);
  const audited = await runAudit(
    input,
    {
      eachPod: flagOption(given, 'eachPod'),
      namespaces: listOption(given, 'namespace'),
      excludedNamespaces: listOption(given, 'excludeNamespace'),
    },
    progress,
  );
  const { results } = audited;
  const { unread, isIncomplete } = input;
  if (results.length === 0 && unread.length === 0 && listOption(given, 'filename').length > 0)
    throw noObjectsIn(inputPaths(given, io), listOption(given, 'namespace'));
  const gaps = withNothingJudged(audited.gaps, results);
  const strict = isStrict(given, io);
  sayGaps(gaps, strict, io);
  const missing = [
    ...unread.map(({ message }) => message),
    ...(isIncomplete ? ['policies that are not in force'] : []),
  ];
  const isDenied = summarize(results).denied > 0 && !flagOption(given, 'exitZero');
  const code = isDenied ? EXIT.denied : EXIT.ok;
  return { results, unread, missing, code: missing.length === 0 && !(strict && hasErrors(gaps)) ? code : EXIT.usage };
}

/** @throws UsageError where something else is asked for that can be done only once */
function watchOptions(given: Given, outputs: readonly Output[], io: Io): WatchAuditOptions {
  const isText = outputs.every(({ format, file }) => format.name === 'text' && file === undefined);
  if (!isText || flagOption(given, 'publish'))
    throw new UsageError(
      '--watch prints text, and goes on (expected no --publish, no -o and no --output-file beside it)',
    );
  const judge = (roundIo: Io): Promise<Round> => judgeOnce(given, roundIo);
  const paths = ['filename', 'policies', 'context'].flatMap((name) => namedPaths(listOption(given, name), io.cwd));
  if (paths.includes(STDIN)) throw new UsageError('--watch reads again, and standard input can be read only once');
  if (listOption(given, 'filename').length === 0) {
    return { judge, again: { seconds: Number(given.options.interval ?? INTERVAL_SECONDS) } };
  }
  if (given.options.interval !== undefined)
    throw new UsageError(
      '--interval is about a cluster (expected none with -f: files are judged again where one changes)',
    );
  const named = new Set(paths.map((path) => resolve(io.cwd, path)));
  return {
    judge,
    again: {
      folders: () => foldersOf(paths, [], io),
      matters: (path) => named.has(path) || /\.(?:ya?ml|json)$/.test(path),
    },
  };
}

function interval(text: string): number {
  const wait = seconds(text);
  if (wait >= 1) return wait;
  throw new InvalidArgumentError('(expected at least one second)');
}

/** False where a report could not be written or removed. */
async function publish(given: Given, io: Io, results: readonly Result[], isWhole: boolean): Promise<boolean> {
  const { ClusterError, publishAudit } = await import('../../cluster/connect.ts');
  const kubeconfig = textOption(given, 'kubeconfig');
  try {
    const options = {
      isWhole: isWhole && listOption(given, 'namespace').length === 0,
      owner: textOption(given, 'reportsOwner'),
    };
    const file = kubeconfig === undefined ? undefined : fromHere(kubeconfig, io.cwd);
    const { group, written, removed, problems } = await publishAudit(file, results, options);
    for (const problem of problems) say(io, problem);
    say(io, `${written} reports of ${group} written, ${removed} removed`);
    return problems.length === 0;
  } catch (error) {
    if (error instanceof ClusterError) throw new UsageError(error.message);
    throw error;
  }
}

async function inputOf(given: Given, io: Io, progress: ProgressLine): Promise<AuditInput> {
  const isCluster = textOption(given, 'kubeconfig') !== undefined || flagOption(given, 'inCluster');
  if (!isCluster) {
    if (flagOption(given, 'publish'))
      throw new UsageError('--publish stores reports in a cluster (expected --kubeconfig or --in-cluster)');
    if (listOption(given, 'filename').length > 0) {
      // What is missing on the command line is said before standard input is waited for.
      policyPaths(given, io);
      const source = await fileObjects(inputPaths(given, io), listOption(given, 'ignore'), io);
      return await auditOfFiles(given, source, io);
    }
    throw new UsageError(
      'nothing to audit (expected --kubeconfig or --in-cluster, or -f with what kubectl printed)',
      'type for example --kubeconfig ~/.kube/config',
    );
  }
  const standIn =
    listOption(given, 'context').length > 0 ||
    labelsGiven(given) !== undefined ||
    annotationsGiven(given) !== undefined;
  if (standIn) {
    throw new UsageError(
      '--context, --namespace-labels and --namespace-annotations say what a cluster would know, and there is a cluster (expected them with -f)',
    );
  }
  return await auditOfCluster(given, io, progress);
}
