// Where results go: `-o FORMAT` prints them, `-o FORMAT=FILE` writes them to a file, and several can be given at once.
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { FORMATS } from '../report/index.ts';
import type { Format } from '../report/shapes/format.ts';
import { type Style, styleFor } from '../report/terminal/style.ts';
import { type Given, listOption, textOption } from './command.ts';
import { UsageError } from './exit.ts';
import { type Io, styleOf } from './io.ts';
import { reasonOfWriting, writeWhole } from './write-file.ts';

/** What a command has to print. */
export type Printed = 'judged' | 'filledIn' | 'tested' | 'explained' | 'compared';

/** One format, and where it goes: standard output where there is no file. */
export interface Output {
  readonly format: Format;
  readonly file: string | undefined;
}

/** `-o` with every format that can print what the command has, and `--output-file`. */
export function outputOptions(kind: Printed, fallback: string): readonly Option[] {
  const names = formatNames(kind);
  const initial: readonly string[] = [fallback];
  const output = new Option(
    '-o, --output <format>',
    'the output format; FORMAT=FILE writes to a file instead, and -o can be given several times, as in -o text -o junit=report.xml',
  )
    .choices(names)
    .default(initial)
    .argParser((text, previous: readonly string[]) => {
      if (!names.includes(nameAndFile(text).name))
        throw new InvalidArgumentError(`(expected one of ${names.join(', ')})`);
      return [...(previous === initial ? [] : previous), text];
    });
  const file = new Option(
    '--output-file <file>',
    'write what would be printed to a file, which is replaced as a whole',
  );
  return [output, file];
}

/** The names of all formats that can print what the command has. */
export function formatNames(kind: Printed): readonly string[] {
  return FORMATS.filter((format) => format[kind] !== undefined).map((format) => format.name);
}

/**
 * What `-o` and `--output-file` asked for.
 * @throws UsageError where two formats would go to one place
 */
export function outputsOf(given: Given): readonly Output[] {
  const outputFile = textOption(given, 'outputFile');
  const outputs = listOption(given, 'output').flatMap((text): Output[] => {
    const { name, file } = nameAndFile(text);
    if (file === '')
      throw new UsageError(`-o ${text}: no file behind the = (expected for example -o ${name}=report.out)`);
    const format = FORMATS.find((one) => one.name === name);
    return format ? [{ format, file: file ?? outputFile }] : [];
  });
  const seen = new Set<string | undefined>();
  for (const { format, file } of outputs) {
    if (seen.has(file)) {
      const place = file === undefined ? 'standard output' : file;
      throw new UsageError(
        `two formats would go to ${place} (expected a file for one of them: -o ${format.name}=FILE)`,
      );
    }
    seen.add(file);
  }
  if (outputFile !== undefined && !seen.has(outputFile)) {
    throw new UsageError('--output-file has nothing to write (expected an -o without a file of its own)');
  }
  return outputs;
}

function nameAndFile(text: string): { readonly name: string; readonly file: string | undefined } {
  const equals = text.indexOf('=');
  return equals < 0 ? { name: text, file: undefined } : { name: text.slice(0, equals), file: text.slice(equals + 1) };
}

/**
 * Prints and writes each output, and what a format has for the summary of a CI job's step.
 * @param print the text of a format; colours are for terminals alone
 * @param summary the text of a format's summary
 * @throws UsageError where a file cannot be written
 */
export function writeOutputs(
  outputs: readonly Output[],
  io: Io,
  print: (format: Format, style: Style) => string | undefined,
  summary: (format: Format) => string | undefined = () => undefined,
): void {
  for (const { format, file } of outputs) {
    const text = print(format, file === undefined ? styleOf(io) : styleFor(false)) ?? '';
    if (file === undefined) io.stdout.write(text);
    else writeWhole(file, text, io.cwd);
    appendSummary(format, summary, io);
  }
}

function appendSummary(format: Format, summary: (format: Format) => string | undefined, { env, cwd }: Io): void {
  const variable = format.stepSummary?.variable;
  const file = variable === undefined ? undefined : env[variable];
  const text = file ? summary(format) : undefined;
  if (!file || text === undefined) return;
  try {
    appendFileSync(resolve(cwd, file), text);
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOfWriting(error)} (named by $${variable})`);
  }
}
