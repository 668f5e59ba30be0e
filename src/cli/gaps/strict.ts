// Whether gaps are errors, and how they are reported.
import { Option } from 'commander';
import { type Gap, nothingJudged } from '../../library/offline/gaps/gaps.ts';
import type { Result } from '../../report/shapes/result.ts';
import type { Given } from '../command.ts';
import { type Io, say } from '../io.ts';

/** `--strict` and `--no-strict`. */
export const STRICT: readonly Option[] = [
  new Option(
    '--strict',
    'exit with 2 where something may have been overlooked: unknown namespace labels, fields or kinds, containers in kinds that are not judged, or nothing judged at all (default: where the environment variable CI is set)',
  ),
  new Option('--no-strict', 'only warn about these'),
];

/** True where gaps are errors. CI systems set the variable CI; `false` and `0` mean that this is none. */
export function isStrict(given: Given, { env }: Pick<Io, 'env'>): boolean {
  const { strict } = given.options;
  if (typeof strict === 'boolean') return strict;
  return !['', 'false', '0'].includes(env.CI?.toLowerCase() ?? '');
}

/** A result with the gaps found in it. */
export interface Gapped {
  readonly result: Result;
  readonly gaps: readonly Gap[];
}

/** True where some gap is an error under --strict. */
export function hasErrors(gaps: readonly Gap[]): boolean {
  return gaps.some(({ isNote }) => !isNote);
}

/** The results with their gaps among the warnings, and all gaps, those with the same line once. */
export interface GapReport {
  readonly results: readonly Result[];
  readonly gaps: readonly Gap[];
}

/** Puts the gaps into the results. */
export function reportGaps(gapped: readonly Gapped[]): GapReport {
  const nothing = nothingJudged(gapped.map(({ result }) => result));
  const byLine = new Map<string, Gap>();
  const results = gapped.map(({ result, gaps }): Result => {
    for (const gap of gaps) byLine.set(gap.line, gap);
    const messages = gaps.filter(({ isNote }) => !isNote).map(({ message }) => message);
    const unchecked = messages.filter((message) => !result.warnings.includes(message));
    return unchecked.length > 0 ? { ...result, unchecked } : result;
  });
  if (nothing) byLine.set(nothing.line, nothing);
  return { results, gaps: [...byLine.values()] };
}

/** The gaps, and the one that nothing at all was judged. */
export function withNothingJudged(gaps: readonly Gap[], results: readonly Result[]): readonly Gap[] {
  const nothing = nothingJudged(results);
  return nothing ? [...gaps, nothing] : gaps;
}

/** What to do about gaps in manifests. */
const IN_FILES = 'correct the rest or pass it over with --ignore';

/** What to do about gaps in audit logs. */
export const IN_LOGS = 'have the rest logged at level RequestResponse';

/**
 * Says every gap on stderr: as an error where they are errors.
 * @param remedy what to do about those that are not about namespaces
 */
export function sayGaps(gaps: readonly Gap[], strict: boolean, io: Io, remedy: string = IN_FILES): void {
  for (const { line, isNoted, isNote } of gaps) {
    if (isNote) say(io, `note: ${line}`);
    else if (strict) say(io, line);
    else if (!isNoted) say(io, `warning: ${line}`);
  }
  if (!strict || !hasErrors(gaps)) return;
  say(
    io,
    'this may have been overlooked, which --strict (the default where CI is set) makes an error (give the Namespaces with ' +
      `--context or --namespace-labels, ${remedy}, or use --no-strict)`,
  );
}
