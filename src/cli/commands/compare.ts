// Says what a change of policies would change.
import { Option } from 'commander';
import { auditOfCluster } from '../audit/from-cluster.ts';
import { auditOfFiles } from '../audit/from-files.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption, type Given, listOption, textOption } from '../command.ts';
import { type Compared, compareObjects, compareRequests } from '../compare/compare-inputs.ts';
import { comparePrograms } from '../compare/compare-programs.ts';
import { sayingOnce, sidesOf } from '../compare/sides.ts';
import { EXIT, UsageError } from '../exit.ts';
import { hasErrors, IN_LOGS, isStrict, STRICT, sayGaps } from '../gaps/strict.ts';
import type { Io } from '../io.ts';
import { IGNORE, NAMESPACE_ANNOTATIONS, NAMESPACE_LABELS, NOW, namedPaths, USER } from '../options.ts';
import { outputOptions, outputsOf, writeOutputs } from '../output.ts';
import { ProgressLine } from '../progress.ts';
import { fileObjects, noObjectsIn } from '../sources/file-objects.ts';

/** Another program has `check` to judge files with, and may have nothing else. */
const OTHER_INPUTS = ['kubeconfig', 'inCluster', 'auditLog'];

export const compare: CommandSpec = {
  name: 'compare',
  summary: 'print what a change of policies, or of Sandgate, would change',
  description: `Judges the same objects or requests by the old policies and by the new ones, and prints what differs: what is newly
denied, newly allowed, newly warned about, or filled in differently. Takes manifests, what kubectl printed, a cluster, or
an audit log. Two versions of Sandgate are compared in the same way, on files. Exits with 1 if something is newly denied.`,
  examples: [
    { does: 'Before a policy is merged', line: 'sandgate compare --from policies/ --to policies-next/ -f deploy/' },
    {
      does: 'For what runs in a cluster',
      line: 'sandgate compare --from baseline --to restricted --kubeconfig ~/.kube/config',
    },
    {
      does: "For last week's requests",
      line: 'sandgate compare --from policies/ --to policies-next/ --audit-log audit.log -o json',
    },
    {
      does: 'Before Sandgate itself is updated',
      line: 'sandgate compare --from-program old/dist/sandgate.js --to policies/ -f deploy/',
    },
  ],
  options: [
    new Option(
      '--from <path...>',
      'the old policies, classes and exceptions: files, folders, names of shipped bundles, or - for standard input (required)',
    ),
    new Option('--to <path...>', 'the new policies, classes and exceptions, given in the same way (required)'),
    new Option(
      '--from-program <file>',
      'with -f: have the old side judged by another version of Sandgate, such as old/dist/sandgate.js; one of --from and --to is then enough',
    ).conflicts(OTHER_INPUTS),
    new Option('--to-program <file>', 'with -f: have the new side judged by another version of Sandgate').conflicts(
      OTHER_INPUTS,
    ),
    new Option(
      '-f, --filename <path...>',
      'compare on manifests, or on what kubectl get prints: files, folders, or - for standard input',
    ).conflicts(['kubeconfig', 'inCluster', 'auditLog']),
    new Option('--audit-log <path...>', 'compare on the requests of audit logs, as replay reads them').conflicts([
      'kubeconfig',
      'inCluster',
    ]),
    new Option('--kubeconfig <file>', 'compare on the cluster of the current context in this file').conflicts(
      'inCluster',
    ),
    new Option('--in-cluster', 'compare on the cluster that this pod runs in'),
    IGNORE,
    new Option('-n, --namespace <name...>', 'compare on these namespaces only, of files or a cluster (default: all)'),
    new Option(
      '--context <path...>',
      'with -f and --audit-log: files or folders with the Namespaces, Roles, bindings and IsolationExceptions of the cluster',
    ),
    NAMESPACE_LABELS,
    NAMESPACE_ANNOTATIONS,
    NOW,
    ...USER,
    IMPLEMENTATIONS,
    ...STRICT,
    ...outputOptions('compared', 'text'),
  ],
  async run(given, process) {
    const outputs = outputsOf(given);
    const io = sayingOnce(process);
    const { ledger, read, gaps, unread, isIncomplete } = await compared(given, io);
    const files = namedPaths(listOption(given, 'filename'), io.cwd);
    if (read === 0 && unread.length === 0 && files.length > 0) throw noObjectsIn(files, listOption(given, 'namespace'));
    const why = read === 0 ? 'there was nothing to judge' : 'no policy of either side matches anything';
    const nothing = `nothing was judged: ${why}`;
    const all = ledger.judged === 0 ? [...gaps, { message: nothing, line: nothing }] : gaps;
    const strict = isStrict(given, io);
    const { changed, counts, judged } = ledger;
    const unit = listOption(given, 'auditLog').length > 0 ? 'requests' : 'objects';
    sayGaps(all, strict, io, unit === 'requests' ? IN_LOGS : undefined);
    writeOutputs(outputs, io, (format, style) => format.compared?.({ changed, counts, judged, unit, unread }, style));
    if (isIncomplete || unread.length > 0 || (strict && hasErrors(all))) return EXIT.usage;
    return counts.newlyDenied > 0 ? EXIT.denied : EXIT.ok;
  },
};

async function compared(given: Given, io: Io): Promise<Compared> {
  const sides = sidesOf(given, io);
  const progress = new ProgressLine(io);
  const logs = namedPaths(listOption(given, 'auditLog'), io.cwd);
  if (logs.length > 0) return await compareRequests(logs, sides, io, progress);
  const namespaces = listOption(given, 'namespace');
  if (textOption(given, 'kubeconfig') !== undefined || flagOption(given, 'inCluster')) {
    const from = await auditOfCluster(sides.from, io, progress);
    const to = await auditOfCluster(sides.to, io, progress);
    return await compareObjects(from, to, namespaces, progress);
  }
  const paths = namedPaths(listOption(given, 'filename'), io.cwd);
  if (paths.length === 0) {
    throw new UsageError(
      'nothing to compare on (expected -f, --audit-log, --kubeconfig or --in-cluster)',
      'type for example -f deploy/',
    );
  }
  const source = await fileObjects(paths, listOption(given, 'ignore'), io);
  if (sides.fromProgram !== undefined || sides.toProgram !== undefined) {
    return await comparePrograms(sides, source, io, progress);
  }
  const from = await auditOfFiles(sides.from, source, io);
  return await compareObjects(from, await auditOfFiles(sides.to, source, io), namespaces, progress);
}
