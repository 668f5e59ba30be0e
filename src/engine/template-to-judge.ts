// The template that a verdict is about: the one that was sent, or the pod that will be made from it; and its grants.
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Policy } from '../policy/policy.ts';
import { WHOLE_TEMPLATE } from '../rules/fill-in.ts';
import { fillTemplate } from './fill.ts';
import { type GrantContext, type Grants, resolveGrants } from './grants/grants.ts';

/** What checks look at. */
export interface JudgedTemplate {
  /** The same reference as was sent where nothing is filled in, and no class is left to the pods. */
  readonly template: PodTemplate;
  /** What came of the classes that it asks for; undefined where it asks for none. */
  readonly grants: Grants | undefined;
}

/**
 * The template to judge and its grants, which are resolved once for each template: a kind that is left as written is judged
 * as the pod that will be made from it, and is resolved again only where filling it in has changed it, or where a policy
 * judges that does not fill in.
 * @param policies those that judge, in order of priority
 * @param filling for kinds that are left as written: those that will fill in their pods
 */
export function templateToJudge(
  sent: PodTemplate,
  policies: readonly Policy[],
  filling: readonly Policy[] | undefined,
  context: GrantContext,
): JudgedTemplate {
  if (!filling) {
    const grants = resolveGrants(sent, policies, context);
    const leavesParts = grants !== undefined && grants.object !== grants.template;
    return { template: leavesParts ? grants.template : sent, grants };
  }
  const asPod = context.stored ? { ...context, stored: false } : context;
  const { template, grants } = fillTemplate(sent, filling, WHOLE_TEMPLATE, asPod);
  if (template === sent && sameMembers(filling, policies)) return { template, grants };
  return { template, grants: resolveGrants(template, policies, asPod) };
}

function sameMembers(a: readonly Policy[], b: readonly Policy[]): boolean {
  return a.length === b.length && a.every((policy, index) => policy === b[index]);
}
