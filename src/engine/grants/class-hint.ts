// Which class would have a refused pod let in, where one that a policy lists grants just what is refused.

import type { GrantedClass } from '../../grants/granted.ts';
import { mergeImplementation } from '../../grants/merge.ts';
import { quoteShort } from '../../grants/quote.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { CheckViolations } from '../../model/finding.ts';
import { CAPABILITIES_ANNOTATION } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';
import { asIfGranted } from './class-parts.ts';
import type { GrantContext, Grants } from './grants.ts';
import { chooseImplementation } from './implementation.ts';

/**
 * Adds to the first denial how to ask for a class that the policy lists and that grants all that the policy denies, where
 * there is one. Nothing is granted by that: whoever asks for it still has to be allowed to use it.
 * @param judge what the policy finds in a template without the parts of these classes
 */
export function withClassHint(
  found: CheckViolations[],
  policy: Policy,
  template: PodTemplate,
  view: PodView,
  context: GrantContext,
  grants: Grants | undefined,
  judge: (template: PodTemplate, without: readonly GrantedClass[]) => readonly CheckViolations[],
): CheckViolations[] {
  const first = found.findIndex(({ action }) => action === 'Deny');
  if (first === -1) return found;
  for (const ref of policy.capabilities) {
    const capability = context.gate.policies.classes.get(ref.name);
    if (!capability || grants?.granted.some(({ name }) => name === ref.name)) continue;
    if (grants?.refused.some(({ name }) => name === ref.name)) continue;
    const choice = chooseImplementation(capability, ref, template, [policy], context);
    if ('failure' in choice) continue;
    const { containerNames, volumeNames } = choice.implementation.template;
    const merged = mergeImplementation(template, choice.implementation, {
      className: ref.name,
      classContainers: containerNames,
      classVolumes: volumeNames,
    });
    if (merged.conflicts.length > 0) continue;
    const parts = asIfGranted(ref.name, choice.implementation, view);
    if (judge(merged.template, [parts]).some(({ action }) => action === 'Deny')) continue;
    const hint = ` (or ask for class ${quoteShort(ref.name)}, which grants what is refused here: annotation ${CAPABILITIES_ANNOTATION})`;
    return found.map((one, index) => (index === first ? withHint(one, hint) : one));
  }
  return found;
}

function withHint(found: CheckViolations, hint: string): CheckViolations {
  const { fix, fixFor } = found;
  return { ...found, fix: fix + hint, ...(fixFor && { fixFor: (violations) => fixFor(violations) + hint }) };
}
