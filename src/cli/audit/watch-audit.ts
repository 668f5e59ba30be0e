// An audit that goes on: it judges again and again, and prints what has changed.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Result, summarize } from '../../report/shapes/result.ts';
import { auditReport } from '../../report/terminal/audit.ts';
import { UsageError } from '../exit.ts';
import { type Io, say, styleOf } from '../io.ts';
import { runOnChange } from '../watch.ts';
import { FoundBefore } from './found-before.ts';
import { Unrepeated } from './unrepeated.ts';

/** What one round came to. */
export interface Round {
  readonly results: readonly Result[];
  /** What could not be read, or is not in force. */
  readonly missing: readonly string[];
  /** The exit code, were it the last one. */
  readonly code: number;
}

export interface WatchAuditOptions {
  /** Judges everything once; says what there is to say to what it is given. */
  readonly judge: (io: Io) => Promise<Round>;
  /** When to judge again: after so many seconds, or where a file changes. */
  readonly again: { readonly seconds: number } | WatchedFiles;
}

export interface WatchedFiles {
  /** The folders to watch. */
  readonly folders: () => readonly string[];
  readonly matters: (path: string) => boolean;
}

/**
 * Prints the whole report once, and then what is new and what is gone. Returns the exit code of the last round, where the signal ends it.
 * @throws UsageError where the first round cannot be made; later ones that cannot are said, and tried again
 */
export async function watchAudit({ judge, again }: WatchAuditOptions, io: Io): Promise<number> {
  const signal = io.signal ?? new AbortController().signal;
  const style = styleOf(io);
  const found = new FoundBefore();
  const unrepeated = new Unrepeated(io.stderr);
  const roundIo: Io = { ...io, stderr: unrepeated };
  let last: Round | undefined;
  /** What was missing in the last round that missed no more than the one before. */
  let missingBefore = new Set<string>();

  async function round(): Promise<void> {
    unrepeated.begin();
    const former = last;
    try {
      last = await judge(roundIo);
    } catch (error) {
      if (!(error instanceof UsageError) || former === undefined) throw error;
      for (const line of error.lines) say(roundIo, line);
      return;
    }
    // Who may not read everything never does: what counts is that as much was read as before.
    const isWhole = former === undefined || last.missing.every((message) => missingBefore.has(message));
    if (isWhole) missingBefore = new Set(last.missing);
    const lines = found.next(last.results, isWhole, style);
    if (former === undefined) {
      io.stdout.write(auditReport(last.results, style));
      say(io, 'waiting for changes (Ctrl+C ends)');
    } else if (lines.length > 0) {
      const { denied, allowed, skipped } = summarize(last.results);
      io.stdout.write(`${lines.join('\n')}\n\n${denied} denied, ${allowed} allowed, ${skipped} skipped\n`);
    }
  }

  if ('seconds' in again) await runEvery(round, again.seconds, signal);
  else await runOnFiles(round, again, signal);
  return last?.code ?? 0;
}

async function runEvery(round: () => Promise<void>, seconds: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await round();
    // Rejects where the signal ends it.
    await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
  }
}

async function runOnFiles(round: () => Promise<void>, files: WatchedFiles, signal: AbortSignal): Promise<void> {
  const run = async (): Promise<readonly string[]> => {
    await round();
    return files.folders();
  };
  await runOnChange(run, { signal, matters: files.matters });
}
