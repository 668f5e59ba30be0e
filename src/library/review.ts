// Answers AdmissionReviews, as the webhook does.
import { handleReview } from '../admission/handle.ts';
import { enforcementByRow } from '../engine/gate.ts';
import { gateOf } from './inputs.ts';
import type { Policies, Reviewed, Surroundings } from './types.ts';

/**
 * The reply of a webhook to an AdmissionReview.
 * @param body the AdmissionReview, parsed
 * @param webhook which of the two is asked
 * @throws TypeError for policies that loadPolicies did not return, and for an implementation that a class does not have
 */
export function review(
  body: unknown,
  webhook: 'mutate' | 'validate',
  policies: Policies,
  surroundings: Surroundings = {},
): Reviewed {
  const { gate } = gateOf(policies, surroundings, []);
  const handled = handleReview(body, webhook, { ...gate, enforcement: enforcementByRow });
  if (handled.status === 400) return { ok: false, message: handled.reply.message };
  return { ok: true, reply: handled.reply };
}
