// Another version of Sandgate: a program that judges the same files by `check -o json`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { flagOption, type Given, listOption, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { type Io, say } from '../io.ts';
import { annotationsGiven, labelsGiven } from '../options.ts';
import { type PrintedResult, printedResults } from './printed-results.ts';

/** In bytes: what takes more is said to be too much, before it fills the memory. */
const MOST_OUTPUT = 256 * 1024 * 1024;
const MOST_MINUTES = 15;
/** Lines of its standard error that are shown where it failed. */
const MOST_LINES = 10;

/** What the other program found. */
export interface OtherResults {
  readonly results: readonly PrintedResult[];
  /** True where it could not read everything; what it said about that went to stderr. */
  readonly isIncomplete: boolean;
}

/**
 * Has another program judge what the options name.
 * @param program its file, as it was given
 * @throws UsageError where it cannot be started, fails, or does not print what `check -o json` prints
 */
export async function judgedByProgram(program: string, given: Given, io: Io): Promise<OtherResults> {
  const { code, stdout, stderr } = await runProgram(program, checkArguments(given), io);
  const results = printedResults(stdout);
  const said = stderr.split('\n').filter((line) => line.trim() !== '');
  const isKnown = code === EXIT.ok || code === EXIT.denied || code === EXIT.usage;
  if (results === undefined || !isKnown) {
    throw new UsageError(
      `${program} did not print what sandgate check -o json prints (exit code ${code})`,
      ...said.slice(0, MOST_LINES).map((line) => `${program} said: ${line}`),
      'name a program of a version of Sandgate that has check -o json, and all of the options that are given here',
    );
  }
  const isIncomplete = code === EXIT.usage;
  if (isIncomplete) for (const line of said) say(io, `${program} said: ${line}`);
  return { results, isIncomplete };
}

/** The options of `check` that say the same as those of `compare`. */
function checkArguments(given: Given): readonly string[] {
  const { now } = given.options;
  return [
    'check',
    '--output=json',
    ...each('policies', listOption(given, 'policies')),
    ...each('filename', listOption(given, 'filename')),
    ...each('ignore', listOption(given, 'ignore')),
    ...each('context', listOption(given, 'context')),
    ...one('namespace-labels', pairsText(labelsGiven(given))),
    ...one('namespace-annotations', pairsText(annotationsGiven(given))),
    ...one('now', typeof now === 'number' ? new Date(now).toISOString().replace('.000Z', 'Z') : undefined),
    ...one('as', textOption(given, 'as')),
    ...each('as-group', listOption(given, 'asGroup')),
    ...(flagOption(given, 'assumeAuthorized') ? ['--assume-authorized'] : []),
    ...one('capability-implementations', textOption(given, 'capabilityImplementations')),
  ];
}

function each(option: string, values: readonly string[]): readonly string[] {
  return values.map((value) => `--${option}=${value}`);
}

function one(option: string, value: string | undefined): readonly string[] {
  return each(option, value === undefined ? [] : [value]);
}

function pairsText(pairs: Readonly<Record<string, string>> | undefined): string | undefined {
  return (
    pairs &&
    Object.entries(pairs)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')
  );
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runProgram(program: string, args: readonly string[], { cwd, env, signal }: Io): Promise<Ended> {
  const file = resolve(cwd, program);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new UsageError(
      `${program}: no such file (expected a program of another version of Sandgate, such as old/dist/sandgate.js)`,
    );
  }
  const isScript = /\.[cm]?[jt]s$/.test(file);
  const child = spawn(isScript ? process.execPath : file, isScript ? [file, ...args] : args, {
    cwd,
    // In CI it would be strict by default, and what is strict is for this program to say.
    env: { ...env, CI: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MOST_MINUTES * 60_000,
    ...(signal && { signal }),
  });
  try {
    const [stdout, stderr, ended] = await Promise.all([
      textOf(child.stdout, program),
      textOf(child.stderr, program),
      once(child, 'close'),
    ]);
    const code: unknown = ended[0];
    if (typeof code !== 'number')
      throw new UsageError(`${program} was ended after ${MOST_MINUTES} minutes, or by somebody else`);
    return { code, stdout, stderr };
  } catch (error) {
    child.kill('SIGKILL');
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${program} cannot be run (${error instanceof Error ? error.message : String(error)})`);
  }
}

async function textOf(stream: AsyncIterable<Buffer>, program: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MOST_OUTPUT) throw new UsageError(`${program} printed more than ${MOST_OUTPUT / 1024 / 1024} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
