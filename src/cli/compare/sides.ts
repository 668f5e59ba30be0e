// The two sides of a comparison: the same options with other policies.
import type { Unread } from '../../report/shapes/unread.ts';
import { type Given, listOption } from '../command.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { namedPaths } from '../options.ts';
import { STDIN } from '../read-files.ts';

/** The options of a command that takes `-p`, once with the old policies and once with the new ones. */
export interface Sides {
  readonly from: Given;
  readonly to: Given;
}

/**
 * @throws UsageError where one of the sides has no policies, or standard input would be read twice
 */
export function sidesOf(given: Given, { cwd }: Io): Sides {
  const from = namedPaths(listOption(given, 'from'), cwd);
  const to = namedPaths(listOption(given, 'to'), cwd);
  if (from.length === 0 || to.length === 0) {
    throw new UsageError(
      `no ${from.length === 0 ? 'old' : 'new'} policies given (expected --from and --to, each with a file, a folder or a bundle)`,
      'type for example --from policies/ --to policies-next/',
    );
  }
  const inputs = [...listOption(given, 'filename'), ...listOption(given, 'auditLog')];
  if ([...from, ...to, ...inputs].filter((path) => path === STDIN).length > 1)
    throw new UsageError('standard input can be read only once (expected one - on the command line)');
  const side = (policies: readonly string[]): Given => ({ ...given, options: { ...given.options, policies } });
  return { from: side(from), to: side(to) };
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
