// The policy that a document was compiled to, for the kinds of parts that only policies have.
import type { Policy } from '../../policy/policy.ts';
import type { IsolationPolicySpec } from '../../policy/spec.ts';
import { ISOLATION_POLICY } from '../../resources/isolation-policy/index.ts';
import { isIsolationPolicy } from '../../resources/isolation-policy/validate.ts';
import type { LoadedDocument } from '../../resources/load.ts';

/** A policy as it is written and as it is compiled; undefined for documents of other kinds. */
export function policyOf({
  resource,
  value,
}: LoadedDocument): { readonly policy: Policy; readonly spec: IsolationPolicySpec } | undefined {
  const compiled: unknown = resource.value;
  if (!ISOLATION_POLICY.compiled(compiled) || !isIsolationPolicy(value)) return undefined;
  return { policy: compiled.policy, spec: value.spec };
}
