// What a command works on, from its options: policies, the objects to judge, and what is known about the cluster.
import type { PolicySet } from '../policy/policy.ts';
import type { AuthorizationOptions } from './authorization.ts';
import { flagOption, type Given, listOption, textOption } from './command.ts';
import { isContext } from './context.ts';
import { problemsError, UsageError } from './exit.ts';
import { type Io, say } from './io.ts';
import { enforcementOffline, type OfflineContext } from './judge.ts';
import { type InputFile, type InputObject, parseFiles } from './objects.ts';
import { inputPaths, labelsGiven, policyPaths } from './options.ts';
import { policiesFrom } from './policies.ts';
import { readFiles } from './read-files.ts';
import { surroundingsFrom } from './surroundings.ts';
import { userInfo } from './user.ts';

/** What `check` and `inject` work on. */
export interface Inputs {
  readonly files: readonly InputFile[];
  /** The objects to judge, in order. Those that describe the cluster are among them only where there are no others. */
  readonly objects: readonly InputObject[];
  readonly offline: OfflineContext;
}

/**
 * Reads everything that `-p`, `-f`, `--context` and the options beside them name.
 * @throws UsageError where something cannot be read, or there is nothing to judge
 */
export async function readInputs(given: Given, io: Io): Promise<Inputs> {
  const policies = policiesFrom(policyPaths(given), io);
  const paths = inputPaths(given);
  const files = await readObjects(paths, io);
  const all = objectsOf(files);
  if (all.length === 0) throw new UsageError(`no Kubernetes objects in ${paths.join(', ')} (expected at least one)`);
  // Beside workloads a Namespace describes the cluster. Alone it is what the user asked about, and gets a verdict.
  const workloads = all.filter((object) => !isContext(object));
  const objects = workloads.length > 0 ? workloads : all;
  const context = objectsOf(await readObjects(listOption(given, 'context'), io));
  const namespace = textOption(given, 'namespace') ?? 'default';
  const surroundings = surroundingsFrom([...context, ...all], {
    otherwise: labelsGiven(given),
    onAssumed: assumptionNote(policies, io),
    authorization: authorizationGiven(given, namespace, io),
  });
  const offline: OfflineContext = {
    gate: { policies, surroundings, enforcement: enforcementOffline },
    namespace,
    user: userInfo(textOption(given, 'as') ?? '', listOption(given, 'asGroup')),
    fillIn: given.options.inject !== false,
  };
  return { files, objects, offline };
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
 * The files at these paths, with their objects.
 * @throws UsageError with all problems of all files, where they hold anything but Kubernetes objects
 */
export async function readObjects(paths: readonly string[], io: Io): Promise<readonly InputFile[]> {
  const { files, problems } = parseFiles(await readFiles(paths, io));
  if (problems.length > 0) throw problemsError(problems);
  return files;
}

/** Every object of the files, in order. */
export function objectsOf(files: readonly InputFile[]): InputObject[] {
  return files.flatMap((file) => file.documents.flatMap((document) => document.objects));
}
