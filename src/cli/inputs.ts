// What a command works on, from its options: policies, the objects to judge, and what is known about the cluster.
import { formatProblem } from '../manifests/source.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { Unread } from '../report/shapes/unread.ts';
import type { AuthorizationOptions } from './authorization.ts';
import { implementationsFor } from './capability-implementations.ts';
import { unknownFacts } from './cluster-facts.ts';
import { flagOption, type Given, listOption, textOption } from './command.ts';
import { isJudged } from './context.ts';
import { untimelyExceptions, withExceptions } from './exceptions/given.ts';
import { UsageError } from './exit.ts';
import { type Io, say } from './io.ts';
import { enforcementOffline, type OfflineContext } from './judge.ts';
import { type InputFile, type InputObject, parseFiles } from './objects.ts';
import { annotationsGiven, inputPaths, labelsGiven, momentGiven, policyPaths } from './options.ts';
import { policiesFrom } from './policies.ts';
import { readWhatCan } from './read-files.ts';
import { surroundingsFrom } from './surroundings.ts';
import { userInfo } from './user.ts';

/** What `check` and `inject` work on. */
export interface Inputs {
  readonly files: readonly InputFile[];
  /** The objects to judge, in order. Those that describe the cluster are among them only where there are no others. */
  readonly objects: readonly InputObject[];
  readonly offline: OfflineContext;
  /** What of that which `-f` names could not be read; it went to stderr as well. */
  readonly unread: readonly Unread[];
  /** True where an exception among the objects cannot be used; why went to stderr. */
  readonly isIncomplete: boolean;
  /** The namespaces whose labels some policy asked for, and which had to be assumed. Grows while objects are judged. */
  readonly assumed: ReadonlySet<string>;
}

/**
 * Reads everything that `-p`, `-f`, `--context` and the options beside them name. What is wrong with one of several manifests
 * goes to stderr, and the others are judged.
 * @throws UsageError where policies or what describes the cluster cannot be read, or there is nothing to judge
 */
export async function readInputs(given: Given, io: Io): Promise<Inputs> {
  const paths = inputPaths(given, io);
  const namespace = textOption(given, 'namespace') ?? 'default';
  const judging = await policiesFrom(policyPaths(given, io), io, { namespace });
  const { files, problems } = await readManifests(paths, listOption(given, 'ignore'), io);
  const all = objectsOf(files);
  if (all.length === 0) {
    if (problems.length > 0) throw new UsageError(...problems.map(lineOf));
    throw new UsageError(`no Kubernetes objects in ${paths.join(', ')} (expected at least one)`);
  }
  // Beside workloads a Namespace describes the cluster. Alone it is what the user asked about, and gets a verdict.
  const workloads = all.filter((object) => isJudged(object, judging));
  const objects = workloads.length > 0 ? workloads : all;
  const context = objectsOf(await readObjects(listOption(given, 'context'), io));
  for (const problem of problems) say(io, lineOf(problem));
  const described = describedBy(given, io, judging, [...context, ...all]);
  return { files, objects, ...described, unread: problems };
}

/** What the objects around those that are judged say about the cluster. */
export type Described = Pick<Inputs, 'offline' | 'isIncomplete' | 'assumed'>;

/**
 * What verdicts depend on beside the object, from policies, options and the objects that describe a cluster. What is wrong with
 * the exceptions among these goes to stderr.
 */
export function describedBy(given: Given, io: Io, judging: PolicySet, describing: readonly InputObject[]): Described {
  const namespace = textOption(given, 'namespace') ?? 'default';
  const { policies, ...found } = withExceptions(judging, describing, namespace);
  for (const line of [...found.problems, ...found.warnings]) say(io, line);
  const now = momentGiven(given);
  for (const line of untimelyExceptions(policies, now)) say(io, line);
  const assumed = new Set<string>();
  const noteAssumption = assumptionNote(policies, io);
  const surroundings = surroundingsFrom(describing, {
    otherwise: labelsGiven(given),
    annotations: annotationsGiven(given),
    onAssumed: (name) => {
      if (policies.needsNamespaceLabels) assumed.add(name);
      noteAssumption(name);
    },
    authorization: authorizationGiven(given, namespace, io),
  });
  for (const line of unknownFacts(policies, surroundings.cluster)) say(io, line);
  const implementations = implementationsFor(given, policies);
  const offline: OfflineContext = {
    gate: { policies, surroundings, implementations, enforcement: enforcementOffline, now },
    namespace,
    user: userInfo(textOption(given, 'as') ?? '', listOption(given, 'asGroup')),
    fillIn: given.options.inject !== false,
  };
  return { offline, isIncomplete: found.problems.length > 0, assumed };
}

/** The options of {@link mayUseFrom}, from those of a command. */
export function authorizationGiven(given: Given, namespace: string, io: Io): AuthorizationOptions {
  const assume = flagOption(given, 'assumeAuthorized') ? 'always' : 'withoutRoles';
  return { namespace, assume, note: (line) => say(io, line) };
}

/** A function that reports a namespace whose labels are not known, where some policy depends on them. */
export function assumptionNote(policies: PolicySet, io: Io): (namespace: string) => void {
  return (namespace) => {
    if (policies.needsNamespaceLabels)
      say(io, `namespace ${JSON.stringify(namespace)}: its labels are not known, assumed to be none`);
  };
}

/**
 * The files at these paths, with their objects. Files of folders that hold no Kubernetes objects are passed over.
 * @throws UsageError with all problems of all files
 */
export async function readObjects(paths: readonly string[], io: Io): Promise<readonly InputFile[]> {
  const { files, problems } = await readManifests(paths, [], io);
  if (problems.length > 0) throw new UsageError(...problems.map(lineOf));
  return files;
}

/** As stderr says it. */
export function lineOf({ message, place }: Unread): string {
  return place ? formatProblem({ ...place, message }) : message;
}

/** What could be read of the files at these paths, and what is wrong with them. */
export interface Manifests {
  readonly files: readonly InputFile[];
  readonly problems: readonly Unread[];
}

/** Reads files and folders. What cannot be read comes back beside what can. */
export async function readManifests(paths: readonly string[], ignore: readonly string[], io: Io): Promise<Manifests> {
  const read = await readWhatCan(paths, io, ignore);
  const { files, foreign, problems } = parseFiles(read.files);
  const [first] = foreign;
  if (first !== undefined) {
    const what = foreign.length === 1 ? `${first} holds` : `${foreign.length} files hold`;
    const example = foreign.length === 1 ? '' : `, such as ${first}`;
    say(io, `${what} no Kubernetes object${example}: passed over`);
  }
  const unread = problems.map(({ message, ...place }): Unread => ({ message, place }));
  return { files, problems: [...read.problems.map((message) => ({ message })), ...unread] };
}

/** Every object of the files, in order. */
export function objectsOf(files: readonly InputFile[]): InputObject[] {
  return files.flatMap((file) => file.documents.flatMap((document) => document.objects));
}
