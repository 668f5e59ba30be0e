// Judges what a cluster holds, as it is.
import { Option } from 'commander';
import { summarize } from '../../report/shapes/result.ts';
import type { AuditInput } from '../audit/audit-input.ts';
import { auditOfCluster } from '../audit/from-cluster.ts';
import { auditOfFiles } from '../audit/from-files.ts';
import { runAudit } from '../audit/run-audit.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption, type Given, listOption, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { hasErrors, isStrict, STRICT, sayGaps, withNothingJudged } from '../gaps/strict.ts';
import type { Io } from '../io.ts';
import {
  annotationsGiven,
  IGNORE,
  inputPaths,
  labelsGiven,
  NAMESPACE_ANNOTATIONS,
  NAMESPACE_LABELS,
  NOW,
  USER,
} from '../options.ts';
import { outputOptions, outputsOf, writeOutputs } from '../output.ts';
import { ProgressLine } from '../progress.ts';

export const audit: CommandSpec = {
  name: 'audit',
  summary: 'judge what a cluster holds, as it is',
  description: `Judges the pods and controllers of a cluster, or of files that kubectl printed. Pods are judged as they run, and
controllers by the pods that they would make now. Pods of a controller have results of their own only where something
is to be said of them that is not said of the controller. Without -p, the policies are those of the cluster. Exits with
1 if something is denied, and with 2 if something could not be read.`,
  examples: [
    {
      does: 'What of what runs violates the policies of the cluster?',
      line: 'sandgate audit --kubeconfig ~/.kube/config',
    },
    {
      does: 'What would a stricter policy find in two namespaces?',
      line: 'sandgate audit --kubeconfig ~/.kube/config -p restricted -n agents builds',
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
    new Option('-q, --quiet', 'print only what was denied or warned about, and the summary'),
    ...outputOptions('judged', 'text'),
  ],
  async run(given, io) {
    const outputs = outputsOf(given);
    const progress = new ProgressLine(io);
    const input = await inputOf(given, io, progress);
    const audited = await runAudit(
      input,
      { eachPod: flagOption(given, 'eachPod'), namespaces: listOption(given, 'namespace') },
      progress,
    );
    const { results } = audited;
    const { unread, isIncomplete } = input;
    if (results.length === 0 && unread.length === 0 && listOption(given, 'filename').length > 0)
      throw new UsageError('no Kubernetes objects to judge in what -f names (expected at least one)');
    const gaps = withNothingJudged(audited.gaps, results);
    const strict = isStrict(given, io);
    sayGaps(gaps, strict, io);
    const options = { quiet: flagOption(given, 'quiet'), unread, command: 'audit' };
    writeOutputs(
      outputs,
      io,
      (format, style) => (format.audited ?? format.judged)?.(results, style, options),
      (format) => format.stepSummary?.judged(results, options),
    );
    if (isIncomplete || unread.length > 0 || (strict && hasErrors(gaps))) return EXIT.usage;
    return summarize(results).denied > 0 ? EXIT.denied : EXIT.ok;
  },
};

async function inputOf(given: Given, io: Io, progress: ProgressLine): Promise<AuditInput> {
  const isCluster = textOption(given, 'kubeconfig') !== undefined || flagOption(given, 'inCluster');
  if (!isCluster) {
    if (listOption(given, 'filename').length > 0) return await auditOfFiles(given, inputPaths(given, io), io);
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
