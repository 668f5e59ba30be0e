// Class documents for tests: what stands around an implementation, and what loading says.
import { formatProblem } from '../../../src/manifests/source.ts';
import { type LoadResult, loadPolicies } from '../../../src/resources/load.ts';

export const HEAD = `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: docker }
`;

/** A policy for the classes to stand beside: without one nothing can be loaded. */
export const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: agents }
spec: { harden: baseline }
`;

/** The document with these implementations; the first line of them is line 6. */
export function classYaml(implementations: string): string {
  return `${HEAD}spec:\n  implementations:\n${implementations}`;
}

/** Loads `c.yaml` beside a policy. */
export function loadClass(text: string): LoadResult {
  return loadPolicies([
    { file: 'c.yaml', text },
    { file: 'p.yaml', text: POLICY },
  ]);
}

/** The problems and the warnings, one line for each. */
export function saidOf(text: string): { readonly problems: readonly string[]; readonly warnings: readonly string[] } {
  const result = loadClass(text);
  const problems = result.ok ? [] : result.problems.map(formatProblem);
  return { problems, warnings: result.warnings.map(formatProblem) };
}

/** A container without warnings, but for its image. */
export const SECURE = `securityContext: { runAsUser: 0, allowPrivilegeEscalation: false, seccompProfile: { type: RuntimeDefault }, capabilities: { drop: [ALL] } }`;

export const DIGEST = `@sha256:${'a'.repeat(64)}`;
