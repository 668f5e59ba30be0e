// The IsolationExceptions among the objects of the input: a cluster would hold them beside the workloads.
import { formatProblem, type Problem } from '../../../manifests/source.ts';
import { plainPath } from '../../../model/text.ts';
import type { PolicySet } from '../../../policy/policy.ts';
import { unitePolicySets } from '../../../policy/unite.ts';
import { asApplied, inNamespace } from '../../../resources/authored.ts';
import { ISOLATION_EXCEPTION } from '../../../resources/isolation-exception/index.ts';
import { untimely } from '../../../resources/isolation-exception/references.ts';
import { type FileResources, keyOf, type Resource } from '../../../resources/kind.ts';
import { policySetOf } from '../../../resources/policy-set.ts';
import { problemText } from '../../../resources/problem-text.ts';
import type { DocumentProblem } from '../../../resources/problems.ts';
import { takenProblem } from '../../../resources/taken.ts';
import type { InputObject } from '../objects.ts';

/** Policies with the exceptions that were found. */
export interface WithExceptions {
  readonly policies: PolicySet;
  /** What is wrong with exceptions, a line for each; these are not in force. */
  readonly problems: readonly string[];
  /** The same problems, with their places. */
  readonly located: readonly Problem[];
  /** What is odd about the others. */
  readonly warnings: readonly string[];
}

/** True for IsolationExceptions. */
export function isException({ kind: { group, kind } }: InputObject): boolean {
  return group === ISOLATION_EXCEPTION.group && kind === ISOLATION_EXCEPTION.kind;
}

/**
 * The policies, with the exceptions among these objects in force.
 * @param namespace of those that name none
 */
export function withExceptions(
  policies: PolicySet,
  objects: readonly InputObject[],
  namespace: string,
): WithExceptions {
  const found = objects.filter(isException);
  if (found.length === 0) return { policies, problems: [], located: [], warnings: [] };
  const owners = new Map(
    (policies.resources.get(ISOLATION_EXCEPTION.kind) ?? []).map((one) => [keyOf(one), one.origin]),
  );
  const files: FileResources = { policies, names: () => policies.policies.map(({ name }) => name) };
  const resources: Resource[] = [];
  const located: Problem[] = [];
  const warnings: string[] = [];
  for (const object of found) {
    const origin = `${object.file}:${object.line}`;
    const document = inNamespace(asApplied(object.value), namespace);
    const { errors, warnings: doubts, resource } = ISOLATION_EXCEPTION.accept(document, origin);
    const all = [...errors, ...ISOLATION_EXCEPTION.references.flatMap((one) => one.inFile(document, files))];
    const owner = resource && owners.get(keyOf(resource));
    // A folder may be given as policies and as manifests.
    if (owner !== undefined && plainPath(owner) === plainPath(origin)) continue;
    if (owner !== undefined) all.push(takenProblem(resource?.name ?? '', `the exception at ${owner}`));
    located.push(...all.map((problem) => problemIn(object, problem)));
    if (!resource || all.length > 0) continue;
    const { value } = resource;
    const unresolved = ISOLATION_EXCEPTION.compiled(value)
      ? ISOLATION_EXCEPTION.references.flatMap((one) => one.doubtsInFile?.(value, files) ?? [])
      : [];
    warnings.push(...[...doubts, ...unresolved].map((problem) => `warning: ${lineOf(object, problem)}`));
    owners.set(keyOf(resource), origin);
    resources.push(resource);
  }
  return {
    policies: unitePolicySets(policies, policySetOf(new Map([[ISOLATION_EXCEPTION.kind, resources]]))),
    problems: located.map(formatProblem),
    located,
    warnings,
  };
}

function lineOf(object: InputObject, problem: DocumentProblem): string {
  return formatProblem(problemIn(object, problem));
}

function problemIn(object: InputObject, problem: DocumentProblem): Problem {
  return { ...object.locate(problem.keys), message: problemText(problem) };
}

/**
 * A line for each exception that does not act at a moment, because it has ended or ends too late.
 * @param now in milliseconds
 */
export function untimelyExceptions(policies: PolicySet, now: number): readonly string[] {
  const byName = new Map(policies.policies.map((policy) => [policy.name, policy]));
  return (policies.resources.get(ISOLATION_EXCEPTION.kind) ?? []).flatMap((resource) => {
    const { origin, value } = resource;
    if (!ISOLATION_EXCEPTION.compiled(value)) return [];
    const problems = untimely(value, byName.get(value.policy), now);
    return problems.map(({ message }) => `warning: ${origin}: exception ${keyOf(resource)}: ${message}`);
  });
}
