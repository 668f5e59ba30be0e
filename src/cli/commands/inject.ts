// Prints objects as the mutating webhook would leave them.
import { SKIPS } from '../../model/decision.ts';
import { FORMATS } from '../../report/index.ts';
import { BUILT_IN } from '../../workloads/index.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import type { CommandSpec } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { fillFile, type Unfilled } from '../fill-files.ts';
import { readInputs } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import type { InputObject } from '../objects.ts';
import { CONTEXT, IGNORE, MANIFESTS, outputFormat, outputOption, POLICIES, USER } from '../options.ts';
import { withProgress } from '../progress.ts';
import { objectRef, subjectOf } from '../subject.ts';

export const inject: CommandSpec = {
  name: 'inject',
  summary: 'print manifests with what is missing filled in',
  description: `Prints objects as the webhook would leave them: what is missing is filled in, and what is written stays as it
is, with its comments and layout. Nothing is judged. Kinds that the webhook leaves as written, such as Deployments, stay
as they are here too; their pods are filled in when they are created.`,
  examples: [
    { does: 'See what would be filled in', line: 'sandgate inject -p agents -f pod.yaml -o diff' },
    { does: 'Fill in every manifest of a folder', line: 'sandgate inject -p agents -f deploy/ > filled-in.yaml' },
  ],
  options: [POLICIES, MANIFESTS, IGNORE, ...CONTEXT, ...USER, IMPLEMENTATIONS, outputOption('filledIn', 'yaml')],
  async run(given, io) {
    const { files, offline, isIncomplete } = await readInputs(given, io);
    const format = outputFormat(given);
    const piece = format?.takesWholeFiles ? files.find((file) => file.isPiece) : undefined;
    if (piece) {
      throw new UsageError(
        `${piece.file}: -o ${format?.name} cannot print several JSON objects of one file (expected -o ${otherFormats()})`,
      );
    }
    const note = (object: InputObject, unfilled: Unfilled): void => noteUnfilled(object, unfilled, io);
    const filled = [];
    for (const file of withProgress(files, 'filled in', io)) filled.push(fillFile(file, offline, note));
    io.stdout.write(format?.filledIn?.(filled) ?? '');
    return isIncomplete ? EXIT.usage : EXIT.ok;
  },
};

/** The formats that can print whatever was filled in: `yaml, json or patch`. */
function otherFormats(): string {
  const names = FORMATS.filter((format) => format.filledIn && !format.takesWholeFiles).map((format) => format.name);
  return names.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function noteUnfilled(object: InputObject, unfilled: Unfilled, io: Io): void {
  const { name } = objectRef(object, subjectOf(object, '', { username: '', groups: [] }, BUILT_IN));
  const about = `${object.file}:${object.line}: ${object.kind.kind} ${name}`;
  if (unfilled.skip === 'not-filled-in') {
    say(io, `${about} is left as written; its pods are filled in when they are created`);
  } else if (unfilled.skip === 'pod-immutable') {
    say(io, `${about} is left as it is: ${SKIPS[unfilled.skip]}`);
  }
  for (const warning of unfilled.warnings) say(io, `${about}: ${warning}`);
  for (const { policy, injection, text } of unfilled.skipped) {
    say(io, `${about}: ${injection} of policy ${JSON.stringify(policy)} is not filled in: ${text}`);
  }
}
