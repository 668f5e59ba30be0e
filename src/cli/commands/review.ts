// Answers one AdmissionReview as the webhook would, to repeat what an API server sent.
import { Option } from 'commander';
import { handleReview } from '../../admission/handle.ts';
import type { Webhook } from '../../admission/review.ts';
import { enforcementByRow } from '../../engine/gate.ts';
import type { TextFile } from '../../manifests/files.ts';
import { parseManifest } from '../../manifests/manifest.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption, listOption, textOption } from '../command.ts';
import { EXIT, problemsError, UsageError } from '../exit.ts';
import { gateGiven, objectsOf, readObjects } from '../inputs.ts';
import { ASSUME_AUTHORIZED, NAMESPACE_ANNOTATIONS, NAMESPACE_LABELS, NOW, POLICIES, policyPaths } from '../options.ts';
import { policiesFrom } from '../policies.ts';
import { readFiles } from '../read-files.ts';

export const review: CommandSpec = {
  name: 'review',
  summary: 'answer an AdmissionReview',
  description: `Reads an AdmissionReview and prints the reply of the webhook. Exits with 1 if the reply refuses the request, and
with 2 if the input is not an AdmissionReview. Unlike check, it lets a Deployment in with warnings, as the webhook does.`,
  examples: [
    { does: 'Would this request be refused?', line: 'sandgate review -p restricted -f review.json' },
    { does: 'What would be filled in?', line: 'cat review.json | sandgate review -p agents -f - --mutate' },
  ],
  options: [
    POLICIES,
    new Option('-f, --filename <path>', 'the AdmissionReview, as JSON or YAML; - for standard input (required)'),
    new Option(
      '--context <path...>',
      'files or folders with the Namespaces, Roles, bindings and IsolationExceptions of the cluster',
    ),
    NAMESPACE_LABELS,
    NAMESPACE_ANNOTATIONS,
    NOW,
    ASSUME_AUTHORIZED,
    IMPLEMENTATIONS,
    new Option('--mutate', 'print the reply of the mutating webhook').conflicts('validate'),
    new Option('--validate', 'print the reply of the validating webhook (the default)'),
  ],
  async run(given, io) {
    const judging = await policiesFrom(policyPaths(given, io), io);
    const path = textOption(given, 'filename');
    if (path === undefined)
      throw new UsageError('no review given (expected -f with a file or -)', 'type for example -f review.json');
    const [file, ...more] = await readFiles([path], io);
    if (!file || more.length > 0) throw new UsageError(`${path}: ${more.length + 1} files (expected one review)`);
    const context = objectsOf(await readObjects(listOption(given, 'context'), io));
    const { gate } = gateGiven(given, io, judging, context, {
      namespace: 'default',
      enforcement: enforcementByRow,
      onProblems({ problems }) {
        if (problems.length > 0) throw new UsageError(...problems);
      },
    });
    const webhook: Webhook = flagOption(given, 'mutate') ? 'mutate' : 'validate';
    const handled = handleReview(bodyOf(file), webhook, gate);
    if (handled.status === 400) throw new UsageError(`${file.file}: ${handled.reply.message}`);
    io.stdout.write(`${JSON.stringify(handled.reply, null, 2)}\n`);
    if (handled.fault !== undefined) throw handled.fault;
    return handled.reply.response.allowed ? EXIT.ok : EXIT.denied;
  },
};

/** The one document of the file. JSON of any size is read by JSON.parse, as the server reads it. */
function bodyOf({ file, text }: TextFile): unknown {
  const { documents, problems } = parseManifest(text, file, { fastFrom: 0 });
  if (problems.length > 0) throw problemsError(problems);
  const [document, ...others] = documents;
  if (document && others.length === 0) return document.value;
  throw new UsageError(`${file}: ${documents.length} documents (expected one AdmissionReview)`);
}
