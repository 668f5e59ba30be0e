// What a command works on, from its options: policies, the objects to judge, and what is known about the cluster.

import { isJudged } from '../library/offline/context.ts';
import { type GateInput, type OfflineGate, offlineGate } from '../library/offline/gate.ts';
import type { OfflineContext } from '../library/offline/judge.ts';
import { type InputFile, type InputObject, parseFiles } from '../library/offline/objects.ts';
import { formatProblem } from '../manifests/source.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { Unread } from '../report/shapes/unread.ts';
import { implementationsFor } from './capability-implementations.ts';
import { flagOption, type Given, listOption, textOption } from './command.ts';
import { UsageError } from './exit.ts';
import { type Io, say } from './io.ts';
import { annotationsGiven, inputPaths, labelsGiven, momentGiven, policyPaths } from './options.ts';
import { policiesFrom } from './policies.ts';
import { readWhatCan } from './read-files.ts';
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
  let isIncomplete = false;
  const { gate, assumed } = gateGiven(given, io, judging, describing, {
    namespace,
    onProblems({ problems }) {
      for (const line of problems) say(io, line);
      isIncomplete = problems.length > 0;
    },
  });
  const user = userInfo(textOption(given, 'as') ?? '', listOption(given, 'asGroup'));
  return { offline: { gate, namespace, user, fillIn: given.options.inject !== false }, isIncomplete, assumed };
}

/** A gate from the options of a command; what a reader of its verdicts has to know goes to stderr. */
export function gateGiven(
  given: Given,
  io: Io,
  policies: PolicySet,
  objects: readonly InputObject[],
  more: Pick<GateInput, 'namespace' | 'onProblems' | 'enforcement'>,
): OfflineGate {
  return offlineGate({
    policies,
    objects,
    namespaceLabels: labelsGiven(given),
    namespaceAnnotations: annotationsGiven(given),
    assume: flagOption(given, 'assumeAuthorized') ? 'always' : 'withoutRoles',
    now: momentGiven(given),
    implementations: (inForce) => implementationsFor(given, inForce),
    note: (line) => say(io, line),
    ...more,
  });
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
