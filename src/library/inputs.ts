// What texts and options come to: objects, and all that a verdict on them depends on. The command line makes the same of files
// and of its options.

import type { Gate } from '../engine/gate.ts';
import type { PolicySet } from '../policy/policy.ts';
import { setOf } from './handle.ts';
import { isJudged } from './offline/context.ts';
import { offlineGate } from './offline/gate.ts';
import type { OfflineContext } from './offline/judge.ts';
import { type InputFile, type InputObject, parseFiles } from './offline/objects.ts';
import type { Options, Policies, Problem, SourceFile, Surroundings } from './types.ts';

/** Files, and all that a verdict on their objects depends on. */
export interface Inputs {
  readonly files: readonly InputFile[];
  /** Those to judge. Those that describe a cluster are among them only where there are no others. */
  readonly objects: readonly InputObject[];
  readonly offline: OfflineContext;
  readonly problems: readonly Problem[];
  /** Grows while objects are judged. */
  readonly notes: Set<string>;
  /** The namespaces whose labels had to be assumed. Grows as well. */
  readonly assumed: ReadonlySet<string>;
}

/**
 * Reads texts and options.
 * @throws TypeError where the policies or an implementation are not known
 */
export function inputsOf(sources: readonly SourceFile[], policies: Policies, options: Options): Inputs {
  const { files, problems } = parseFiles(sources);
  const all = objectsOf(files);
  const workloads = all.filter((object) => isJudged(object, setOf(policies)));
  const { namespace = 'default', user, fillIn = true } = options;
  const { gate, problems: inContext, notes, assumed } = gateOf(policies, options, all);
  return {
    files,
    objects: workloads.length > 0 ? workloads : all,
    offline: { gate, namespace, user: { username: user?.username ?? '', groups: user?.groups ?? [] }, fillIn },
    problems: [...inContext, ...problems],
    notes,
    assumed,
  };
}

/** A gate, and what has to be known of verdicts by it. */
export interface GateOfOptions extends Pick<Inputs, 'problems' | 'notes' | 'assumed'> {
  readonly gate: Gate;
}

/**
 * The gate of these options.
 * @param objects those that are judged, which may describe the cluster as well
 * @throws TypeError where the policies or an implementation are not known
 */
export function gateOf(
  handle: Policies,
  options: Surroundings & Pick<Options, 'namespace'>,
  objects: readonly InputObject[],
): GateOfOptions {
  const known = parseFiles(options.context ?? []);
  const notes = new Set<string>();
  const problems: Problem[] = [...known.problems];
  const { gate, assumed } = offlineGate({
    policies: setOf(handle),
    objects: [...objectsOf(known.files), ...objects],
    namespace: options.namespace ?? 'default',
    namespaceLabels: options.namespaceLabels,
    namespaceAnnotations: options.namespaceAnnotations,
    assume: options.assumeAuthorized ? 'always' : 'withoutRoles',
    now: options.now,
    implementations: (policies) => implementationsOf(policies, options.implementations),
    onProblems: ({ located }) => problems.push(...located),
    note: (line) => notes.add(line),
  });
  return { gate, problems, notes, assumed };
}

function implementationsOf(
  { classes }: PolicySet,
  named: Surroundings['implementations'],
): ReadonlyMap<string, string> | undefined {
  if (!named) return undefined;
  for (const [name, implementation] of Object.entries(named)) {
    const names = classes.get(name)?.implementations.map((one) => one.name);
    if (names?.includes(implementation)) continue;
    const expected = names ? names.join(', ') : `one of the classes ${[...classes.keys()].join(', ')}`;
    throw new TypeError(
      `implementations: no ${JSON.stringify(implementation)} of class ${JSON.stringify(name)} (expected ${expected})`,
    );
  }
  return new Map(Object.entries(named));
}

function objectsOf(files: readonly InputFile[]): readonly InputObject[] {
  return files.flatMap(({ documents }) => documents.flatMap(({ objects }) => objects));
}
