// What a shell can complete of the command line, from the definitions of the commands: every shell's script is made of this.
import type { Option } from 'commander';
import type { CommandSpec } from '../command.ts';

/** What follows an option: some words, files, the names of bundles and files, or a text of one's own. */
export type ValueKind = 'words' | 'files' | 'policies' | 'text';

/** An option as a shell offers it. */
export interface CompletedOption {
  /** `-p`; undefined where there is only a long one. */
  readonly short: string | undefined;
  /** `--policies`. */
  readonly long: string;
  /** A few words. */
  readonly description: string;
  /** Undefined for an option without a value. */
  readonly value: ValueKind | undefined;
  /** Where the value is one of some words. */
  readonly words: readonly string[];
  /** True where several values can follow. */
  readonly many: boolean;
}

/** A command as a shell offers it. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  /** What its arguments are; undefined where it takes none. */
  readonly argument: ValueKind | undefined;
  readonly argumentWords: readonly string[];
  readonly options: readonly CompletedOption[];
}

/** Everything to complete. */
export interface Completions {
  readonly commands: readonly CompletedCommand[];
  /** The names of shipped bundles. */
  readonly bundles: readonly string[];
}

const HELP: CompletedOption = {
  short: '-h',
  long: '--help',
  description: 'print help',
  value: undefined,
  words: [],
  many: false,
};

/** The options before a command. */
export const GLOBAL_OPTIONS: readonly CompletedOption[] = [
  HELP,
  { ...HELP, short: '-V', long: '--version', description: 'print the version' },
];

/**
 * What there is to complete.
 * @param bundles the names of shipped bundles
 */
export function completionsOf(specs: readonly CommandSpec[], bundles: readonly string[]): Completions {
  const commands = specs.map(({ name, summary, argument, options }): CompletedCommand => {
    const words = argument?.choices ?? [];
    return {
      name,
      description: summary,
      argument: argument && (words.length > 0 ? 'words' : 'files'),
      argumentWords: words,
      options: [...options.map(optionOf), HELP],
    };
  });
  const help: CompletedCommand = {
    name: 'help',
    description: 'print help for a command',
    argument: 'words',
    argumentWords: specs.map(({ name }) => name),
    options: [],
  };
  return { commands: [...commands, help], bundles };
}

function optionOf(option: Option): CompletedOption {
  const { short, long, argChoices = [], description, required, optional, variadic } = option;
  return {
    short,
    long: long ?? '',
    description: firstWords(description),
    value: required || optional ? valueKind(option) : undefined,
    words: argChoices,
    many: variadic,
  };
}

function valueKind({ flags, long, argChoices }: Option): ValueKind {
  if (argChoices && argChoices.length > 0) return 'words';
  if (long === '--policies') return 'policies';
  return /<(?:path|file|folder)/.test(flags) ? 'files' : 'text';
}

/** Up to the first break of the sentence: a list of completions has little room. */
function firstWords(description: string): string {
  return description
    .split(/[;:(]|, (?:such as|whatever|also|or)/, 1)
    .join('')
    .trim();
}
