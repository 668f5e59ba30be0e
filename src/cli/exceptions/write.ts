// Writes drafts of exceptions to a file. Without a reason and an end it is refused wherever it is used, until somebody fills them in.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { Document } from 'yaml';
import { reasonOf } from '../../manifests/files.ts';
import { API_VERSION } from '../../model/names.ts';
import { ISOLATION_EXCEPTION } from '../../resources/isolation-exception/index.ts';
import { problemText } from '../../resources/problem-text.ts';
import { type Given, textOption } from '../command.ts';
import { UsageError } from '../exit.ts';
import { type Io, say } from '../io.ts';
import type { Draft, Drafts } from './draft.ts';

/** `--write-exceptions`, and what goes into the file. */
export const WRITE_EXCEPTIONS: readonly Option[] = [
  new Option(
    '--write-exceptions <file>',
    'write the IsolationExceptions that would let in what is denied, where policies allow any, to a new file',
  ),
  new Option('--reason <text>', 'the reason in these exceptions; without it somebody has to write one into the file'),
  new Option('--expires <date>', 'when these exceptions end, such as 2027-06-30; likewise'),
];

/** Where to write drafts, and what to write into each. */
export interface WriteOptions {
  readonly file: string;
  readonly reason: string;
  readonly expires: string;
}

/**
 * What the options ask for; undefined where no file is to be written.
 * @throws UsageError where the others are given without a file
 */
export function writeOptions(given: Given): WriteOptions | undefined {
  const file = textOption(given, 'writeExceptions');
  const [reason, expires] = [textOption(given, 'reason'), textOption(given, 'expires')];
  if (file !== undefined) return { file, reason: reason ?? '', expires: expires ?? '' };
  const alone = reason === undefined ? (expires === undefined ? undefined : '--expires') : '--reason';
  if (alone !== undefined) throw new UsageError(`${alone} without --write-exceptions (expected both)`);
  return undefined;
}

/**
 * Writes the drafts, and says what could not be drafted.
 * @throws UsageError where the file is there already or cannot be written, or a reason or an end is not valid
 */
export function writeDrafts({ drafts, left }: Drafts, { file, reason, expires }: WriteOptions, io: Io): void {
  for (const line of left) say(io, line);
  if (drafts.length === 0) {
    say(io, `${file} is not written: nothing that was denied can be excepted`);
    return;
  }
  refuseWrong(drafts, reason, expires);
  try {
    writeFileSync(resolve(io.cwd, file), drafts.map((draft) => yamlOf(draft, reason, expires)).join('---\n'), {
      flag: 'wx',
    });
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)} (expected the name of a new file)`);
  }
  const blanks = [reason === '' ? 'reason' : '', expires === '' ? 'expires' : ''].filter((key) => key !== '');
  const then = blanks.length === 0 ? '' : `: fill in ${blanks.join(' and ')}`;
  say(io, `${file}: ${drafts.length} ${drafts.length === 1 ? 'exception' : 'exceptions'} drafted${then}`);
}

/** An end that the options give is not left for somebody to find wrong in the file. */
function refuseWrong(drafts: readonly Draft[], reason: string, expires: string): void {
  const problems = drafts.flatMap((draft) => {
    const { errors } = ISOLATION_EXCEPTION.accept(documentOf(draft, reason, expires), '');
    return errors.filter(
      ({ keys: [, key] }) => (key === 'reason' && reason !== '') || (key === 'expires' && expires !== ''),
    );
  });
  const lines = new Set(problems.map((problem) => `the exceptions to write: ${problemText(problem)}`));
  if (lines.size > 0) throw new UsageError(...lines);
}

function documentOf({ namespace, name, spec }: Draft, reason: string, expires: string): object {
  return {
    apiVersion: API_VERSION,
    kind: ISOLATION_EXCEPTION.kind,
    metadata: { name, namespace },
    spec: { ...spec, reason, expires },
  };
}

function yamlOf(draft: Draft, reason: string, expires: string): string {
  const document = new Document(documentOf(draft, reason, expires), { aliasDuplicateObjects: false });
  const all = draft.everyValue ? ['Covers every value: what stands in the field cannot be written here.'] : [];
  document.commentBefore = [...draft.about, ...all].map((line) => ` ${line}`).join('\n');
  return document.toString({ lineWidth: 0 });
}
