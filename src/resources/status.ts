// What is written into the status of an object of ours: one condition, as Kubernetes' own kinds have them.
import { isJsonObject, type JsonObject, ownField, sameJson, stringField } from '../model/json.ts';
import { type AcceptedVersion, LAST_ACCEPTED } from './last-accepted.ts';
import type { Verdict } from './record.ts';

const CONDITION = 'Accepted';

/**
 * The status that says what became of an object, or undefined where it says so already. Conditions and fields of others
 * stay as they are. It is a merge patch: what is null is to go.
 * @param existing the status the object has, whatever it is
 * @param now as RFC 3339; written only where the condition turns from true to false or back
 * @param version what to keep as the last version that was accepted
 */
export function statusFor(
  verdict: Verdict,
  existing: unknown,
  now: string,
  version?: AcceptedVersion,
): JsonObject | undefined {
  const status = isJsonObject(existing) ? existing : {};
  const list: unknown = ownField(status, 'conditions');
  const conditions: readonly unknown[] = Array.isArray(list) ? list : [];
  const known = conditions.filter(isOurs);
  const condition = conditionFor(verdict, known[0], now);
  const kept = version?.over(ownField(status, LAST_ACCEPTED), verdict.observedGeneration);
  if (kept === undefined && known.length === 1 && sameJson(known[0], condition)) return undefined;
  return {
    ...status,
    conditions: [...conditions.filter((one) => !isOurs(one)), condition],
    ...(kept !== undefined && { [LAST_ACCEPTED]: kept }),
  };
}

function isOurs(condition: unknown): boolean {
  return stringField(condition, 'type') === CONDITION;
}

function conditionFor(verdict: Verdict, known: unknown, now: string): JsonObject {
  const status = verdict.accepted ? 'True' : 'False';
  const since = stringField(known, 'status') === status ? stringField(known, 'lastTransitionTime') : undefined;
  return {
    type: CONDITION,
    status,
    observedGeneration: verdict.observedGeneration,
    lastTransitionTime: since ?? now,
    reason: verdict.reason,
    message: verdict.message,
  };
}
