// The two sides of a comparison: the same options with other policies.
import type { Unread } from '../../report/shapes/unread.ts';
import { type Given, listOption, textOption } from '../command.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { namedPaths } from '../options.ts';
import { STDIN } from '../read-files.ts';

/** The options of a command that takes `-p`, once with the old policies and once with the new ones. */
export interface Sides {
  readonly from: Given;
  readonly to: Given;
  /** The program that judges for the side; undefined where this one does. */
  readonly fromProgram: string | undefined;
  readonly toProgram: string | undefined;
}

/**
 * @throws UsageError where one of the sides has no policies, or standard input would be read twice
 */
export function sidesOf(given: Given, { cwd }: Io): Sides {
  const fromProgram = textOption(given, 'fromProgram');
  const toProgram = textOption(given, 'toProgram');
  const isOfPrograms = fromProgram !== undefined || toProgram !== undefined;
  const named = { from: namedPaths(listOption(given, 'from'), cwd), to: namedPaths(listOption(given, 'to'), cwd) };
  // Of two versions the policies may be the same.
  const from = named.from.length === 0 && isOfPrograms ? named.to : named.from;
  const to = named.to.length === 0 && isOfPrograms ? named.from : named.to;
  if (from.length === 0 || to.length === 0) {
    throw new UsageError(
      `no ${from.length === 0 ? 'old' : 'new'} policies given (expected --from and --to, each with a file, a folder or a bundle)`,
      'type for example --from policies/ --to policies-next/',
    );
  }
  insistOnFiles([...from, ...to, ...listOption(given, 'filename'), ...listOption(given, 'auditLog')], isOfPrograms);
  const side = (policies: readonly string[]): Given => ({ ...given, options: { ...given.options, policies } });
  return { from: side(from), to: side(to), fromProgram, toProgram };
}

/** @throws UsageError where standard input would have to be read twice: what two programs judge is read by both */
function insistOnFiles(paths: readonly string[], isOfPrograms: boolean): void {
  const count = paths.filter((path) => path === STDIN).length;
  if (isOfPrograms && count > 0)
    throw new UsageError('two programs cannot both read standard input (expected files where a program is named)');
  if (count > 1) throw new UsageError('standard input can be read only once (expected one - on the command line)');
}

/** The process with a standard error on which nothing is said twice: both sides find the same things odd. */
export function sayingOnce(io: Io): Io {
  const said = new Set<string>();
  const write = (text: string): void => {
    // What shows progress is written again and again.
    if (!text.startsWith('\r') && said.has(text)) return;
    said.add(text);
    io.stderr.write(text);
  };
  return { ...io, stderr: { write } };
}

/** What neither side could read, once. */
export function unreadOfBoth(...lists: readonly (readonly Unread[])[]): readonly Unread[] {
  const byText = new Map(lists.flat().map((unread) => [JSON.stringify(unread), unread]));
  return [...byText.values()];
}
