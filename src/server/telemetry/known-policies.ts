// What the policies in force can find and fill in. The series of these exist before the first event, since Prometheus's
// `rate` does not see the first value of a series that appears with it.

import { followsNamespace } from '../../engine/pod-security-record.ts';
import { ACTIONS } from '../../model/finding.ts';
import { FILLED_IN_CHECK, GRANTS_CHECK, NAMESPACE_CHECK, SHAPE_CHECK } from '../../model/names.ts';
import type { KnownFinding } from '../../observe/metrics/finding-counts.ts';
import type { KnownInjection } from '../../observe/metrics/injection-counts.ts';
import type { KnownPolicies } from '../../observe/metrics.ts';
import { POD_SECURITY_CHECKS } from '../../pod-security/checks/index.ts';
import { checksAt } from '../../pod-security/standard.ts';
import type { Policy, PolicySet } from '../../policy/policy.ts';
import { FILL_INS } from '../../rules/index.ts';

/** The findings and injections to expect of a set of policies. */
export function knownPolicies({ policies, workloads }: PolicySet): KnownPolicies {
  return {
    count: policies.length,
    findings: findingsOf(policies),
    injections: injectionsOf(policies),
    kinds: workloads.rows,
    followNamespaces: policies.some(followsNamespace),
  };
}

function* findingsOf(policies: readonly Policy[]): Generator<KnownFinding, void> {
  for (const check of [SHAPE_CHECK, NAMESPACE_CHECK]) yield { policy: '', check, action: 'Deny' };
  for (const policy of policies) {
    for (const check of checkIdsOf(policy))
      yield { policy: policy.name, check, action: policy.actionsFor(check).action };
    // The level and the mode depend on the labels of each namespace.
    if (!followsNamespace(policy)) continue;
    for (const { id } of POD_SECURITY_CHECKS) {
      for (const action of ACTIONS) yield { policy: policy.name, check: id, action };
    }
  }
}

function checkIdsOf(policy: Policy): readonly string[] {
  const { podSecurity } = policy;
  const standard = podSecurity?.from === 'policy' ? checksAt(podSecurity.level, podSecurity.version) : [];
  const filledIn = policy.fillIns.length > 0 ? [FILLED_IN_CHECK] : [];
  const grants = policy.capabilities.length > 0 ? [GRANTS_CHECK] : [];
  const own = [...policy.checks, ...policy.connections, ...policy.bindings].flatMap((check) => check.ids);
  return [...standard.map((check) => check.id), ...own, ...filledIn, ...grants];
}

/** The reasons for which a fill-in leaves a field are those of its examples. */
function injectionsOf(policies: readonly Policy[]): readonly KnownInjection[] {
  const used = new Set(policies.flatMap((policy) => [...policy.fillIns, ...policy.objectFillIns].map(({ id }) => id)));
  const fills = FILL_INS.filter((fillIn) => used.has(fillIn.id)).map(({ id, examples }) => ({
    injection: id,
    skipReasons: [...new Set(examples.flatMap((example) => example.skips ?? []))],
  }));
  const classes = new Set(policies.flatMap((policy) => policy.capabilities.map(({ name }) => name)));
  return [...fills, ...[...classes].map((name) => ({ injection: `capability:${name}`, skipReasons: [] }))];
}
