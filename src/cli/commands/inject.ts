// Prints objects as the mutating webhook would leave them.
import type { CommandSpec } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { fillFile, type Unfilled } from '../fill-files.ts';
import { readInputs } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import type { InputObject } from '../objects.ts';
import { contextOptions, inputOptions, outputFormat, outputOption, policyOptions, userOptions } from '../options.ts';
import { withProgress } from '../progress.ts';
import { objectRef, subjectOf } from '../subject.ts';

const output = outputOption('filledIn', 'yaml');

export const inject: CommandSpec = {
  name: 'inject',
  summary: 'print manifests with what is missing filled in',
  description: `Prints objects as the webhook would leave them: what is missing is filled in, what is written stays as it is, with
its comments and its layout. Nothing is judged. Kinds that the webhook leaves as written, such as Deployments, are
left so here; the pods made from them are filled in.`,
  examples: [
    { does: 'See what would be filled in', line: 'sandgate inject -p agents -f pod.yaml -o diff' },
    { does: 'Fill in every manifest of a folder', line: 'sandgate inject -p agents -f deploy/ > filled-in.yaml' },
  ],
  declare(command) {
    policyOptions(command);
    inputOptions(command);
    contextOptions(command);
    userOptions(command);
    output(command);
  },
  async run(given, io) {
    const { files, offline } = await readInputs(given, io, 'fill in');
    const format = outputFormat(given);
    const pieces = format?.name === 'diff' ? files.find((file) => file.isPiece) : undefined;
    if (pieces) {
      throw new UsageError(
        `${pieces.file}: no diff is made of several JSON objects in one file (expected -o yaml, json or patch)`,
      );
    }
    const note = (object: InputObject, unfilled: Unfilled): void => noteUnfilled(object, unfilled, io);
    const filled = [];
    for (const file of withProgress(files, 'filled in', io)) filled.push(fillFile(file, offline, note));
    io.stdout.write(format?.filledIn?.(filled) ?? '');
    return EXIT.ok;
  },
};

function noteUnfilled(object: InputObject, unfilled: Unfilled, io: Io): void {
  const { name } = objectRef(object, subjectOf(object, '', { username: '', groups: [] }));
  const about = `${object.file}:${object.line}: ${object.kind.kind} ${name}`;
  if (unfilled.asWritten) say(io, `${about} is left as written; the pods made from it are filled in`);
  for (const warning of unfilled.warnings) say(io, `${about}: ${warning}`);
  for (const { policy, injection, text } of unfilled.skipped) {
    say(io, `${about}: ${injection} of policy ${JSON.stringify(policy)} is not filled in: ${text}`);
  }
}
