// Asks the API server whether it reaches us: with an object that is not stored (a dry run), that only the webhook for such questions
// is sent, and that this webhook refuses. Asked is who counts, on the way that counts: API servers may be in another network than
// pods, trust other CAs, or show no certificate of their own.
//
// An Event, in the namespace of the Service: the server writes events there in any case. Kubernetes' own questions, such as a
// SubjectAccessReview, would need no right at all, but from 1.37 on are never sent to webhooks
// (the feature ExcludeAdmissionWebhookVirtualResources).

import { setTimeout as sleep } from 'node:timers/promises';
import { REACHABLE_LABEL, REACHABLE_WEBHOOK } from '../../model/names.ts';
import { shortLine } from '../../model/one-line.ts';
import { ApiError } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { type EventPlace, eventOf, eventsPath } from '../event.ts';
import { RegistrationError } from './registration.ts';

/** Longer than the webhook's own timeout, so that the API server gets to say what happened. */
const TIMEOUT_MS = 15_000;
const AGAIN_MS = 100;
const LONGEST = 400;
const DENIED = `admission webhook "${REACHABLE_WEBHOOK}" denied the request: `;
const FAILED = new RegExp(
  `failed calling webhook "${REACHABLE_WEBHOOK.replaceAll('.', '\\.')}": (?:failed to call webhook: )?`,
);

/** `reached`: with who answered. `failed`: it asked us, or tried to, with what happened. `unasked`: it knows no such webhook. */
export interface Reached {
  readonly outcome: 'reached' | 'failed' | 'unasked';
  readonly says: string;
}

/**
 * Asks once.
 *
 * @throws ApiError where the question itself is refused, or the API server does not answer
 */
export async function askWhetherReachable(
  client: ApiClient,
  place: EventPlace,
  signal?: AbortSignal,
): Promise<Reached> {
  const question = eventOf(place, {
    type: 'Normal',
    reason: 'WebhooksAsked',
    message: 'Does the API server reach Sandgate?',
    labels: { [REACHABLE_LABEL]: 'asked' },
  });
  try {
    await client.json({ path: `${eventsPath(place)}?dryRun=All`, timeoutMs: TIMEOUT_MS, signal, question });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { said } = error;
    if (said.startsWith(DENIED)) return { outcome: 'reached', says: shortLine(said.slice(DENIED.length), LONGEST) };
    const failed = FAILED.exec(said);
    if (!failed) throw error;
    return { outcome: 'failed', says: shortLine(said.slice(failed.index + failed[0].length), LONGEST) };
  }
  return { outcome: 'unasked', says: `no webhook is registered as ${REACHABLE_WEBHOOK}` };
}

/**
 * Asks until the API server reaches us: it takes API servers a moment until they know of a webhook.
 *
 * @throws RegistrationError where it does not reach us, or does not ask us in time
 * @throws ApiError as {@link askWhetherReachable} does
 */
export async function untilReached(
  client: ApiClient,
  place: EventPlace,
  { host, withinMs, signal }: { readonly host: string; readonly withinMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { outcome, says } = await askWhetherReachable(client, place, signal);
    if (outcome === 'reached') return;
    if (outcome === 'failed') throw new RegistrationError(`the API server does not reach ${host}: ${says}`);
    if (performance.now() > deadline) throw new RegistrationError(`the API server does not ask ${host}: ${says}`);
    await sleep(AGAIN_MS, undefined, { signal });
  }
}
