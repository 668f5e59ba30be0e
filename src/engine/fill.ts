// Fills in one template: every fill-in of every policy, in order of priority; the first one to set a field wins.

import { quoteAscii } from '../grants/quote.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { SkippedFill } from '../model/decision.ts';
import { phrase } from '../model/finding.ts';
import { containersAnnotation } from '../model/names.ts';
import type { Policy } from '../policy/policy.ts';
import { type BoundFillIn, Claims, type FillNotes, type FillScope } from '../rules/fill-in.ts';
import { besideGrants } from './grants/beside-grants.ts';
import { type GrantContext, type Grants, resolveGrants } from './grants/grants.ts';
import { rebase } from './rebase.ts';
import { withFacts } from './scope.ts';

/** A template filled in, and what was done to it. */
export interface Filled {
  /** The same reference as came in where nothing was missing. */
  readonly template: PodTemplate;
  /** `policy/fill-in`, in the order they were applied. */
  readonly injected: readonly string[];
  readonly notInjected: readonly SkippedFill[];
  /** Sentences for the user, each once, that begin with the policy's name. */
  readonly warnings: readonly string[];
  /** What came of the classes that it asks for; undefined where it asks for none, or none could be granted any more. */
  readonly grants: Grants | undefined;
}

/**
 * Each round adds fields, and replaces a field for one policy alone (claims), so the loop ends by itself, after two rounds in every known case; the bound guards against a
 * bug.
 */
const MOST_ROUNDS = 10;

const NO_WARNINGS: readonly string[] = Object.freeze([]);

/**
 * Adds what the template is granted, then fills in the fields that the policies set and that are missing. Pure; a second
 * run changes nothing.
 * @param before the template as it was sent
 * @param policies those that match it, in order of priority
 * @param whole what may still be written
 * @param context what grants depend on; nothing is granted without it, or in a pod that is already running
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
  // Few templates give any. A set, since a later round may say the same once more.
  let warnings: Set<string> | undefined;
  for (const text of grants ? choicesOf(grants) : []) {
    warnings ??= new Set();
    warnings.add(text);
  }
  let template = grants?.template ?? before;
  const known = context ? withFacts(whole, context.gate) : whole;
  const scope = grants ? besideGrants(known, template, grants.granted) : known;
  // One policy may fill in what an earlier one needed: runAsNonRoot, for example, is only filled in where there is a user.
  const trace = context?.gate.trace;
  let policyName = '';
  let injection = '';
  const filling = context?.stored ? policies.filter(({ fillsObjects }) => fillsObjects) : policies;
  const claims = filling.length > 1 ? new Claims() : undefined;
  const notes: FillNotes = {
    skip(code, text) {
      notInjected.push({ policy: policyName, injection, code, text });
    },
    warn(text) {
      warnings ??= new Set();
      warnings.add(`policy "${policyName}": ${text}`);
    },
    claim: (field) => claims?.claim(policyName, field) ?? true,
  };
  function run(policy: Policy, fillIn: BoundFillIn): void {
    policyName = policy.name;
    injection = fillIn.id;
    const after = fillIn.fill(template, scope, notes);
    if (after === template) return;
    trace?.filled(policy.name, fillIn.id, template, after);
    template = after;
    injected.add(`${policy.name}/${fillIn.id}`);
  }
  // Of one policy they are in order already.
  if (filling.length > 1) {
    for (const policy of filling) for (const fillIn of policy.fillIns) if (fillIn.ahead) run(policy, fillIn);
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const start = template;
    notInjected = [];
    for (const policy of filling) for (const fillIn of policy.fillIns) run(policy, fillIn);
    // The fill-ins of one policy are ordered so that none depends on a later one.
    if (template === start || filling.length === 1) break;
  }
  return {
    template: grants && grants.object !== grants.template ? rebase(template, grants.template, grants.object) : template,
    injected: [...injected],
    notInjected: [...notGranted, ...notInjected],
    warnings: warnings ? [...warnings] : NO_WARNINGS,
    grants,
  };
}

function grantsAdded({ granted, listedBy }: Grants): string[] {
  return granted.flatMap(({ name, missing }) =>
    missing.length === 0 ? [] : [`${listedBy.get(name)?.[0]?.name ?? ''}/capability:${name}`],
  );
}

/** Which container is given a class where it is not the first one, in words; only when the class is given. */
function choicesOf({ granted }: Grants): string[] {
  return granted.flatMap(({ name, chosen, passedOver, missing }) => {
    if (passedOver.length === 0 || missing.length === 0) return [];
    const others = passedOver.map(quoteAscii).join(', ');
    return [
      `class ${quoteAscii(name)} is given to container ${[...chosen].map(quoteAscii).join(', ')}, and not to ${others}, which other webhooks put first (name another in annotation ${containersAnnotation(name)})`,
    ];
  });
}

function grantsLeft({ refused }: Grants): SkippedFill[] {
  return refused.map(({ failure, policies }) => {
    const [code = ''] = failure.reason.split(':');
    return { policy: policies[0]?.name ?? '', injection: 'capability', code, text: phrase(failure) };
  });
}
