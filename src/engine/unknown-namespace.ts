// The finding about a namespace of which nothing is known, where a policy depends on its labels.
import { valueAt } from '../kubernetes/path-keys.ts';
import { ACTIONS, type Finding } from '../model/finding.ts';
import { NAMESPACE_CHECK } from '../model/names.ts';
import type { Subject } from '../model/subject.ts';
import type { Policy } from '../policy/policy.ts';

const NAMESPACE = 'metadata.namespace';

/** Acts as the strictest of the policies that may match does. */
export function unknownNamespace({ namespace, object }: Subject, undecided: readonly Policy[]): Finding {
  const actions = undecided.map((policy) => policy.actionsFor(NAMESPACE_CHECK).action);
  return {
    policy: '',
    rule: 'what policies need to know',
    check: NAMESPACE_CHECK,
    action: ACTIONS.find((action) => actions.includes(action)) ?? 'Deny',
    audited: false,
    reason: 'namespace labels unknown',
    detail: `a policy depends on the labels of namespace "${namespace}", and they are not known`,
    fields: [{ path: NAMESPACE, value: valueAt(object, NAMESPACE) }],
    fix: 'try again in a moment; if it keeps failing, ask an administrator whether sandgate can read namespaces',
  };
}
