// Findings and decisions for the tests of this folder, as the engine would make them.
import type { Decision } from '../../src/model/decision.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Subject } from '../../src/model/subject.ts';

export const POD: Subject = {
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: 'pods',
  subresource: '',
  operation: 'CREATE',
  name: 'web',
  namespace: 'agents',
  user: { username: 'alice', groups: [] },
  dryRun: false,
  object: { metadata: { name: 'web' }, spec: { containers: [{ name: 'app' }] } },
};

export const PRIVILEGED: Finding = {
  policy: 'restricted',
  rule: 'PodSecurity "restricted:latest"',
  check: 'privileged',
  action: 'Deny',
  audited: false,
  reason: 'privileged',
  detail: 'container "app" must not set securityContext.privileged=true',
  fields: [{ path: 'spec.containers[0].securityContext.privileged', container: 'app' }],
  fix: 'remove securityContext.privileged, or set it to false',
};

export const HOST_NETWORK: Finding = {
  ...PRIVILEGED,
  check: 'hostNamespaces',
  reason: 'host namespaces',
  detail: 'hostNetwork=true',
  fields: [{ path: 'spec.hostNetwork' }],
  fix: 'remove hostNetwork, hostPID and hostIPC',
};

export const NO_RUNTIME: Finding = {
  ...PRIVILEGED,
  policy: 'agents',
  rule: 'IsolationPolicy "agents"',
  check: 'runtime',
  reason: 'runtime',
  detail: 'runtimeClassName must be set',
  fields: [{ path: 'spec.runtimeClassName' }],
  fix: 'set runtimeClassName: gvisor',
};

/** The same violation as found at the baseline level by another policy. */
export function atBaseline(finding: Finding): Finding {
  return { ...finding, policy: 'floor', rule: 'PodSecurity "baseline:latest"' };
}

export function decision(parts: Partial<Decision> = {}): Decision {
  return {
    verdict: 'allowed',
    policies: ['restricted'],
    findings: [],
    warnings: [],
    errors: [],
    injected: [],
    notInjected: [],
    object: POD.object,
    ...parts,
  };
}
