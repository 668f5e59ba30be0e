// One alert for each of our own kinds: an object of it is not in force as written.
import { refusedMetric } from '../../../src/observe/metrics/cluster-definitions.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import type { OwnKind } from '../../../src/resources/kind.ts';
import { type Alert, ours } from '../alert.ts';

export const ACCEPTANCE_ALERTS: readonly Alert[] = OWN_KINDS.map(acceptanceAlert);

function acceptanceAlert(kind: OwnKind): Alert {
  const { kinds, plural, group } = kind;
  return {
    name: `Sandgate${kinds}NotAccepted`,
    severity: 'warning',
    expr: `max(${ours(refusedMetric(kind).name)}) > 0`,
    for: '15m',
    summary: `{{ $value }} ${kinds} are not in force as written`,
    description: `An object of kind ${kind.kind} does not compile, has a name that is taken, or has no effect. Where an earlier version of it was accepted, replicas that saw that one go on with it, and those that started later have none.`,
    todo: `\`kubectl get ${plural}.${group} --all-namespaces\` shows them with \`False\` under ACCEPTED; \`kubectl describe\` has the reason with its place: [the status](live-policies.md#the-status).`,
  };
}
