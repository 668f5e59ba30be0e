// What a command is: what help says of it, the options it takes, and what it does.
import type { Option } from 'commander';
import type { Io } from './io.ts';

/** A line that can be typed as it is, and what it does. */
export interface Example {
  readonly does: string;
  readonly line: string;
}

/** The arguments and options that were given, as commander read them. */
export interface Given {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** One command. The name and the file name agree. */
export interface CommandSpec {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What there is to know before using it. */
  readonly description: string;
  /** What it takes beside options: `<path...>`. */
  readonly argument?: {
    readonly name: string;
    readonly description: string;
    /** Where it is one of some words; else it is a file. */
    readonly choices?: readonly string[];
  };
  readonly examples: readonly Example[];
  /** In the order help lists them. Those that several commands share are in options.ts. */
  readonly options: readonly Option[];
  /**
   * Does the work; returns the exit code.
   * @param commands every command, for those that are about the others
   */
  readonly run: (given: Given, io: Io, commands: readonly CommandSpec[]) => Promise<number>;
}

/** A text option; undefined where it was not given. */
export function textOption(given: Given, name: string): string | undefined {
  const value = given.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** An option that can be given several times; empty where it was not. */
export function listOption(given: Given, name: string): readonly string[] {
  const value = given.options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** An option without a value. */
export function flagOption(given: Given, name: string): boolean {
  return given.options[name] === true;
}
