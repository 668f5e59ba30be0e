// Options that several commands share.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { momentOf } from '../model/moment.ts';
import { type Given, listOption, textOption } from './command.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { STDIN } from './read-files.ts';

/** `-p`, where it must be given. */
export const POLICIES = new Option(
  '-p, --policies <path...>',
  'policies: files, folders, names of shipped bundles, or - for standard input; also as kubectl get -o yaml prints them (required)',
);

/**
 * What `-p` named. Commander, if the option were mandatory for it, would report its absence before a misspelt `--polices`.
 * @throws UsageError where nothing was named
 */
export function policyPaths(given: Given, { cwd }: Pick<Io, 'cwd'>): readonly string[] {
  const paths = namedPaths(listOption(given, 'policies'), cwd);
  if (paths.length === 0) {
    throw new UsageError(
      'no policies given (expected -p with a file, a folder or a bundle)',
      'type -p and what to judge by, for example -p restricted',
    );
  }
  if (paths.includes(STDIN) && [...listOption(given, 'filename'), textOption(given, 'filename')].includes(STDIN)) {
    throw new UsageError('-p - and -f - both read standard input (expected one of them)');
  }
  return paths;
}

/** The paths; `a,b`, as kubectl takes it, is two, unless there is a file of that name. */
export function namedPaths(paths: readonly string[], cwd: string): readonly string[] {
  return paths.flatMap((path) => (path.includes(',') && !existsSync(resolve(cwd, path)) ? path.split(',') : [path]));
}

/** `-f`, where it takes manifests. */
export const MANIFESTS = new Option(
  '-f, --filename <path...>',
  'manifests: files, folders (recursively), or - for standard input; multi-document YAML, JSON, or Lists (required)',
);

/** `--ignore`, beside {@link MANIFESTS}. */
export const IGNORE = new Option(
  '--ignore <pattern...>',
  'files of folders to pass over, by patterns as in .gitignore; as well as those in the .sandgateignore of a folder',
);

/**
 * What `-f` named.
 * @throws UsageError where nothing was named
 */
export function inputPaths(given: Given, { cwd }: Pick<Io, 'cwd'>): readonly string[] {
  const paths = namedPaths(listOption(given, 'filename'), cwd);
  if (paths.length > 0) return paths;
  const taken = listOption(given, 'policies').find((path) => path.includes('/') || /\.(?:ya?ml|json)$/.test(path));
  throw new UsageError(
    'no manifests given (expected -f with a file, a folder or -)',
    `type -f before what is to be read, for example -f ${taken ?? 'deploy/'}`,
  );
}

/** `--namespace-labels a=b,c=d`. */
export const NAMESPACE_LABELS = new Option(
  '--namespace-labels <k=v,...>',
  'the labels of all namespaces that are not given as objects',
).argParser((text, previous: Pairs | undefined) => ({ ...previous, ...pairsOf(text, 'a label') }));

/** `--namespace-annotations a=b,c=d`. */
export const NAMESPACE_ANNOTATIONS = new Option(
  '--namespace-annotations <k=v,...>',
  'the annotations of all namespaces that are not given as objects, for policies that read any',
).argParser((text, previous: Pairs | undefined) => ({ ...previous, ...pairsOf(text, 'an annotation') }));

type Pairs = Readonly<Record<string, string>>;

/** `--now`. */
export const NOW = new Option(
  '--now <date>',
  'the date or time by which exceptions have ended or not, such as 2027-06-30 or 2027-06-30T12:00:00Z (default: now)',
).argParser(moment);

function moment(text: string): number {
  const at = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/.test(text) ? momentOf(text) : undefined;
  if (at === undefined) throw new InvalidArgumentError('(expected a date such as 2027-06-30, or 2027-06-30T12:00:00Z)');
  return at;
}

/** The moment that `--now` gave, or that of the call. */
export function momentGiven(given: Given): number {
  const { now } = given.options;
  return typeof now === 'number' ? now : Date.now();
}

/** What a cluster would know. */
export const CONTEXT: readonly Option[] = [
  new Option(
    '--context <path...>',
    'files or folders with the Namespaces, Roles, bindings and IsolationExceptions of the cluster; other objects in them are ignored',
  ),
  new Option('-n, --namespace <name>', 'the namespace of objects that do not name one')
    .argParser(namespaceName)
    .default('default'),
  NAMESPACE_LABELS,
  NAMESPACE_ANNOTATIONS,
  NOW,
];

/** As the API server takes it: an RFC 1123 label. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

function namespaceName(text: string): string {
  if (NAMESPACE.test(text)) return text;
  throw new InvalidArgumentError('(expected lower-case letters, digits and "-", at most 63 of them)');
}

/** `--assume-authorized`. */
export const ASSUME_AUTHORIZED = new Option(
  '--assume-authorized',
  'assume that everybody may use every capability class (the default where no Roles or bindings are given)',
);

/** Who creates the objects, and what they may do. */
export const USER: readonly Option[] = [
  new Option('--as <user>', 'the user who creates the objects (default: a user without a name or groups)'),
  new Option('--as-group <group...>', 'the groups of the user who creates the objects'),
  ASSUME_AUTHORIZED,
];

function pairsOf(text: string, what: 'a label' | 'an annotation'): Pairs {
  const pairs: [string, string][] = [];
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new InvalidArgumentError(`${JSON.stringify(pair)} is not ${what} (expected key=value)`);
    pairs.push([pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]);
  }
  return Object.fromEntries(pairs);
}

/** The labels that `--namespace-labels` gave; undefined where it was not given. */
export function labelsGiven(given: Given): Pairs | undefined {
  return pairsGiven(given.options.namespaceLabels);
}

/** The annotations that `--namespace-annotations` gave; undefined where it was not given. */
export function annotationsGiven(given: Given): Pairs | undefined {
  return pairsGiven(given.options.namespaceAnnotations);
}

function pairsGiven(value: unknown): Pairs | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
