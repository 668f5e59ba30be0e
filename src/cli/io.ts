// Everything a command sees of the process it runs in, so that tests can take the place of the process.
import { printable } from '../report/terminal/printable.ts';
import { type Style, styleFor } from '../report/terminal/style.ts';
import { EXIT, UsageError } from './exit.ts';

/** A stream to write to. */
export interface Sink {
  write(text: string): unknown;
}

/** The process as a command sees it. */
export interface Io {
  /** Standard input, read only when a command is asked to. */
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Results, and nothing else. */
  readonly stdout: Sink;
  /** Errors, warnings and notes. */
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths are relative to. */
  readonly cwd: string;
  /** True where the stream is a terminal, and a person reads it. */
  readonly stdoutIsTTY: boolean;
  readonly stderrIsTTY: boolean;
  /** Ends a command that would go on for ever; absent where the end of the process does. */
  readonly signal?: AbortSignal;
}

/** The real process. A reader that closes the pipe (`| head`) is not an error; a full disk is one, but not a bug of ours. */
export function processIo(): Io {
  process.stderr.on('error', () => {
    // Nothing is left to report it on.
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`sandgate: ${unwritten(error)}\n`);
    process.exit(EXIT.usage);
  });
  return {
    stdin: process.stdin,
    stdout: { write: writeOut },
    stderr: { write: writeErr },
    env: process.env,
    cwd: process.cwd(),
    stdoutIsTTY: process.stdout.isTTY ?? false,
    stderrIsTTY: process.stderr.isTTY ?? false,
  };
}

/** Where standard output is a file, errors are thrown and not emitted. */
function writeOut(text: string): void {
  try {
    process.stdout.write(text);
  } catch (error) {
    throw new UsageError(unwritten(error));
  }
}

function writeErr(text: string): void {
  try {
    process.stderr.write(text);
  } catch {
    // Nothing is left to report it on.
  }
}

function unwritten(error: unknown): string {
  return `cannot write to standard output (${error instanceof Error ? error.message : String(error)})`;
}

/** Writes a line for people to stderr: `sandgate: …`. */
export function say(io: Io, line: string): void {
  io.stderr.write(`sandgate: ${printable(line)}\n`);
}

/** Colours on a terminal, unless the user turned them off (https://no-color.org) or on (https://force-color.org). */
export function styleOf({ env, stdoutIsTTY }: Io): Style {
  if (env.FORCE_COLOR) return styleFor(!['0', 'false'].includes(env.FORCE_COLOR));
  return styleFor(stdoutIsTTY && !env.NO_COLOR && env.TERM !== 'dumb');
}
