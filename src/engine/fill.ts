// Fills in one template: every fill-in of every policy, in order of priority; the first to fill a field has it.

import type { PodTemplate } from '../kubernetes/pod.ts';
import type { SkippedFill } from '../model/decision.ts';
import { phrase } from '../model/finding.ts';
import type { Policy } from '../policy/policy.ts';
import type { FillScope } from '../rules/fill-in.ts';
import { besideGrants } from './grants/beside-grants.ts';
import { type GrantContext, type Grants, resolveGrants } from './grants/grants.ts';

/** A template filled in, and what was done to it. */
export interface Filled {
  /** The same reference as came in where nothing was missing. */
  readonly template: PodTemplate;
  /** `policy/fill-in`, in the order they were applied. */
  readonly injected: readonly string[];
  readonly notInjected: readonly SkippedFill[];
}

/** Each round can only add fields, so it ends by itself, in two as far as we have seen; the bound is against a bug. */
const MOST_ROUNDS = 10;

/**
 * Adds what the template is granted, then fills in what the policies ask for and nobody wrote. Pure; a second run changes
 * nothing.
 * @param context what grants depend on; without it, or in a pod that runs already, there are none
 */
export function fillTemplate(
  before: PodTemplate,
  policies: readonly Policy[],
  whole: FillScope,
  context?: GrantContext,
): Filled {
  const grants = context && whole.podLevel ? resolveGrants(before, policies, context) : undefined;
  const injected = new Set<string>(grants && grantsAdded(grants));
  const notGranted = grants ? grantsLeft(grants) : [];
  let notInjected: SkippedFill[] = [];
  let template = grants?.template ?? before;
  const scope = grants ? besideGrants(whole, template, grants.granted) : whole;
  // What one policy fills in can be what an earlier one waited for: its user, say, for runAsNonRoot.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const start = template;
    notInjected = [];
    for (const policy of policies) {
      for (const fillIn of policy.fillIns) {
        const after = fillIn.fill(template, scope, (code, text) => {
          notInjected.push({ policy: policy.name, injection: fillIn.id, code, text });
        });
        if (after === template) continue;
        template = after;
        injected.add(`${policy.name}/${fillIn.id}`);
      }
    }
    // The fill-ins of one policy stand in an order in which none waits for a later one.
    if (template === start || policies.length === 1) break;
  }
  return { template, injected: [...injected], notInjected: [...notGranted, ...notInjected] };
}

function grantsAdded({ granted, listedBy }: Grants): string[] {
  return granted.flatMap(({ name, missing }) =>
    missing.length === 0 ? [] : [`${listedBy.get(name)?.[0]?.name ?? ''}/capability:${name}`],
  );
}

function grantsLeft({ refused }: Grants): SkippedFill[] {
  return refused.map(({ failure, policies }) => {
    const [code = ''] = failure.reason.split(':');
    return { policy: policies[0]?.name ?? '', injection: 'capability', code, text: phrase(failure) };
  });
}
