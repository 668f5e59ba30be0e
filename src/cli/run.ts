// The command line: parses the arguments, runs one command, and turns its outcome into an exit code.
import { Command, CommanderError } from 'commander';
import { VERSION } from '../model/version.ts';
import type { CommandSpec } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, EXIT_CODES, UsageError } from './exit.ts';
import { type Io, say } from './io.ts';

/** Runs `sandgate` with these arguments, and returns the exit code. It neither throws nor ends the process. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const program = buildProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

/** What people type, where that is not `sandgate`: bin/kubectl-sandgate sets it. */
const CALLED_AS = 'SANDGATE_CALLED_AS';

function buildProgram(io: Io, finish: (code: number) => void): Command {
  // A plugin of kubectl is called by two words.
  const program = new Command(io.env[CALLED_AS] ?? 'sandgate')
    .description('Admission control for Kubernetes workloads that run code nobody reviewed.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text) => say(io, inOurWords(text)),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => 120,
      getErrHelpWidth: () => 120,
    })
    .addHelpText('after', `\nExit codes:\n${EXIT_CODES.map(([code, meaning]) => `  ${code}  ${meaning}\n`).join('')}`)
    .exitOverride();
  for (const spec of COMMANDS) addCommand(program, spec, io, finish);
  return program;
}

function addCommand(program: Command, spec: CommandSpec, io: Io, finish: (code: number) => void): void {
  // Commander breaks the lines anew.
  const description = spec.description.replaceAll('\n', ' ');
  const command = program.command(spec.name).summary(spec.summary).description(description);
  if (spec.argument) command.argument(spec.argument.name, spec.argument.description);
  for (const option of spec.options) command.addOption(option);
  const examples = spec.examples.map(({ does, line }) => `  # ${does}\n  ${asCalled(line, program.name())}\n`);
  command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
  command.action(async () => {
    const options = { ...command.opts<Record<string, unknown>>(), ...fromVariables(command, io) };
    finish(await spec.run({ args: command.args, options }, io, COMMANDS));
  });
}

/** A line of help with the name that people type: `kubectl sandgate` for a plugin of kubectl. */
function asCalled(line: string, name: string): string {
  return line.replaceAll(/(^|\| |\()sandgate /g, (_, before: string) => `${before}${name} `);
}

/** The options that were not given, by their environment variables: those of `io`, where commander reads the process's own. */
function fromVariables(command: Command, { env }: Io): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const option of command.options) {
    const name = option.attributeName();
    if (option.envVar !== undefined && command.getOptionValueSource(name) !== 'cli') found[name] = env[option.envVar];
  }
  return found;
}

/** `error: unknown option '--polices'\n(Did you mean --policies?)` as one line of ours. */
function inOurWords(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^(too many arguments for '(?:check|inject|review)'\. .* but got \d+: )(.*)\.$/, '$1$2 (expected -f $2)')
    .replace('(Did you mean', '(did you mean')
    .replace(/\. Allowed choices are (.*)\.$/, ' (expected one of $1)')
    .replace(/ is invalid\. (?=\()/, ' is invalid ')
    .replace(/ is invalid\. /, ' is invalid: ');
}

function exitCodeOf(error: unknown, io: Io): number {
  if (error instanceof CommanderError) {
    // Help that was asked for is a result. Help that is shown because a command is missing is an error.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof UsageError) {
    for (const line of error.lines) say(io, line);
    return EXIT.usage;
  }
  say(io, `${error instanceof Error ? error.message : String(error)} (this is a bug in sandgate)`);
  if (error instanceof Error && error.stack) io.stderr.write(`${error.stack}\n`);
  return EXIT.fault;
}
