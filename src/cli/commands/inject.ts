// Prints objects as the mutating webhook would leave them.
import { Option } from 'commander';
import { fillFile, type Unfilled } from '../../library/offline/fill-files.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import { objectRef, subjectOf } from '../../library/offline/subject.ts';
import { SKIPS } from '../../model/decision.ts';
import { FORMATS } from '../../report/index.ts';
import type { FilledFile } from '../../report/shapes/filled-file.ts';
import type { WorkloadTable } from '../../workloads/table.ts';
import { holdsWholeTemplates } from '../../workloads/workload.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, flagOption } from '../command.ts';
import { fillingControllers } from '../controllers.ts';
import { EXIT, UsageError } from '../exit.ts';
import { readInputs } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import { CONTEXT, IGNORE, MANIFESTS, POLICIES, USER } from '../options.ts';
import { outputOptions, outputsOf, writeOutputs } from '../output.ts';
import { withProgress } from '../progress.ts';

export const inject: CommandSpec = {
  name: 'inject',
  summary: 'print manifests with what is missing filled in',
  description: `Prints objects as the webhook would leave them: what is missing is filled in, and what is written stays as it
is, with its comments and layout. Nothing is judged. Kinds that the webhook leaves as written, such as Deployments, stay
as they are here too, unless --controllers is given; their pods are filled in when they are created.`,
  examples: [
    { does: 'See what would be filled in', line: 'sandgate inject -p agents -f pod.yaml -o diff' },
    { does: 'Fill in every manifest of a folder', line: 'sandgate inject -p agents -f deploy/ > filled-in.yaml' },
    { does: 'Harden a Deployment in git', line: 'sandgate inject -p agents -f web.yaml --controllers > hardened.yaml' },
  ],
  options: [
    POLICIES,
    MANIFESTS,
    IGNORE,
    ...CONTEXT,
    ...USER,
    IMPLEMENTATIONS,
    new Option(
      '--controllers',
      'also fill in Deployments and all other kinds that hold whole pod templates, for manifests that are hardened in git',
    ),
    ...outputOptions('filledIn', 'yaml'),
  ],
  async run(given, io) {
    const outputs = outputsOf(given);
    const inputs = await readInputs(given, io);
    const { files, unread, isIncomplete } = inputs;
    const { gate } = inputs.offline;
    const isFilling = flagOption(given, 'controllers');
    const offline = isFilling ? { ...inputs.offline, gate: fillingControllers(gate) } : inputs.offline;
    const whole = outputs.find(({ format }) => format.takesWholeFiles);
    const piece = whole && files.find((file) => file.isPiece);
    if (piece) {
      throw new UsageError(
        `${piece.file}: -o ${whole.format.name} cannot print several JSON objects of one file (expected -o ${otherFormats()})`,
      );
    }
    const { workloads } = gate.policies;
    const note = (object: InputObject, unfilled: Unfilled): void =>
      noteUnfilled(object, unfilled, workloads, isFilling, io);
    const filled: FilledFile[] = [];
    for (const file of withProgress(files, 'filled in', io)) filled.push(fillFile(file, offline, note));
    writeOutputs(outputs, io, (format) => format.filledIn?.(filled));
    return isIncomplete || unread.length > 0 ? EXIT.usage : EXIT.ok;
  },
};

/** The formats that can print whatever was filled in: `yaml, json or patch`. */
function otherFormats(): string {
  const names = FORMATS.filter((format) => format.filledIn && !format.takesWholeFiles).map((format) => format.name);
  return names.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function noteUnfilled(
  object: InputObject,
  unfilled: Unfilled,
  workloads: WorkloadTable,
  isFilling: boolean,
  io: Io,
): void {
  const { name } = objectRef(object, subjectOf(object, '', { username: '', groups: [] }, workloads));
  const about = `${object.file}:${object.line}: ${object.kind.kind} ${name}`;
  if (unfilled.skip === 'not-filled-in') {
    const workload = workloads.find(object.kind.group, object.kind.kind);
    const hint = workload && !isFilling && holdsWholeTemplates(workload) ? ' (--controllers fills it in here)' : '';
    say(io, `${about} is left as written; its pods are filled in when they are created${hint}`);
  } else if (unfilled.skip === 'pod-immutable') {
    say(io, `${about} is left as it is: ${SKIPS[unfilled.skip]}`);
  }
  for (const warning of unfilled.warnings) say(io, `${about}: ${warning}`);
  for (const { policy, injection, text } of unfilled.skipped) {
    say(io, `${about}: ${injection} of policy ${JSON.stringify(policy)} is not filled in: ${text}`);
  }
}
