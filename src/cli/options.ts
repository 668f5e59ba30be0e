// Options that several commands share, said once.
import { InvalidArgumentError, Option } from 'commander';
import { FORMATS } from '../report/index.ts';
import type { Format } from '../report/shapes/format.ts';
import { type CommandSpec, type Given, listOption, textOption } from './command.ts';
import { UsageError } from './exit.ts';

type Declare = CommandSpec['declare'];

export const policyOptions: Declare = (command) =>
  command.option('-p, --policies <path...>', 'policies: files, folders, or names of shipped bundles (required)');

/** What `-p` named. Not left to commander, which would complain of its absence before it sees a misspelt `--polices`. */
export function policyPaths(given: Given): readonly string[] {
  const paths = listOption(given, 'policies');
  if (paths.length === 0) throw new UsageError('no policies given (expected -p with a file, a folder or a bundle)');
  return paths;
}

export const inputOptions: Declare = (command) =>
  command.option(
    '-f, --filename <path...>',
    'manifests: files, folders (recursively), or - for standard input; YAML with any number of documents, JSON, Lists (required)',
  );

/** What `-f` named. */
export function inputPaths(given: Given): readonly string[] {
  const paths = listOption(given, 'filename');
  if (paths.length === 0) throw new UsageError('no manifests given (expected -f with a file, a folder or -)');
  return paths;
}

/** What a cluster would know. */
export const contextOptions: Declare = (command) =>
  command
    .option('--context <path...>', 'files or folders read only for the Namespaces, Roles, bindings and so on they hold')
    .addOption(
      new Option('--namespace <name>', 'the namespace of objects that name none')
        .argParser(namespaceName)
        .default('default'),
    )
    .addOption(labelsOption());

/** As the API server takes it: an RFC 1123 label. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

function namespaceName(text: string): string {
  if (NAMESPACE.test(text)) return text;
  throw new InvalidArgumentError('(expected lower-case letters, digits and "-", at most 63 of them)');
}

export const userOptions: Declare = (command) =>
  command
    .option('--as <user>', 'the user who creates the objects; nobody in particular by default')
    .option('--as-group <group...>', 'the groups of that user')
    .addOption(authorizationOption());

/** `--assume-authorized`. */
export function authorizationOption(): Option {
  return new Option(
    '--assume-authorized',
    'let everybody use every capability class (the default where the inputs hold no Roles and bindings)',
  );
}

/** `-o` with every format that can print what the command has. */
export function outputOption(kind: 'judged' | 'filledIn', fallback: string): Declare {
  const names = FORMATS.filter((format) => format[kind] !== undefined).map((format) => format.name);
  return (command) =>
    command.addOption(new Option('-o, --output <format>', 'how to print it').choices(names).default(fallback));
}

/** The format that `-o` names. */
export function outputFormat(given: Given): Format | undefined {
  return FORMATS.find((format) => format.name === textOption(given, 'output'));
}

/** `--namespace-labels a=b,c=d`. */
export function labelsOption(): Option {
  return new Option(
    '--namespace-labels <k=v,...>',
    'the labels of namespaces that the inputs do not have as objects',
  ).argParser((text, previous: Readonly<Record<string, string>> | undefined) => ({ ...previous, ...labelsOf(text) }));
}

function labelsOf(text: string): Record<string, string> {
  const labels: [string, string][] = [];
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new InvalidArgumentError(`${JSON.stringify(pair)} is no label (expected key=value)`);
    labels.push([pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]);
  }
  return Object.fromEntries(labels);
}

/** The labels that `--namespace-labels` gave; undefined where it was not given. */
export function labelsGiven(given: Given): Readonly<Record<string, string>> | undefined {
  const value = given.options.namespaceLabels;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, label]) => [key, String(label)]));
}
