// What is written into the status of an object of ours: one condition, as Kubernetes' own kinds have them.
import { isJsonObject, type JsonObject, ownField, sameJson, stringField } from '../model/json.ts';
import { type AcceptedVersion, LAST_ACCEPTED } from './last-accepted.ts';
import type { Verdict } from './record.ts';

const CONDITION = 'Accepted';
const UNINSTALLED = 'Uninstalled';

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
  const known = conditionsIn(existing).filter(isOurs);
  const condition = conditionFor(verdict, known[0], now);
  const kept = version?.over(ownField(existing, LAST_ACCEPTED), verdict.observedGeneration);
  if (kept === undefined && known.length === 1 && sameJson(known[0], condition)) return undefined;
  return { ...withCondition(existing, condition), ...(kept !== undefined && { [LAST_ACCEPTED]: kept }) };
}

/** The status of an object that stays where Sandgate is uninstalled: nobody knows any more whether it would be accepted. */
export function uninstalledStatus({ observedGeneration }: Verdict, existing: unknown, now: string): JsonObject {
  return withCondition(existing, {
    type: CONDITION,
    status: 'Unknown',
    observedGeneration,
    lastTransitionTime: now,
    reason: UNINSTALLED,
    message: 'Sandgate was uninstalled: nothing is judged by this',
  });
}

/** When it was said that Sandgate is being uninstalled, in milliseconds since 1970; undefined where that is not what it says. */
export function uninstalledAt(status: unknown): number | undefined {
  const said = conditionsIn(status).find((one) => isOurs(one) && stringField(one, 'reason') === UNINSTALLED);
  const at = Date.parse(stringField(said, 'lastTransitionTime') ?? '');
  return Number.isNaN(at) ? undefined : at;
}

function withCondition(existing: unknown, condition: JsonObject): JsonObject {
  const status = isJsonObject(existing) ? existing : {};
  return { ...status, conditions: [...conditionsIn(existing).filter((one) => !isOurs(one)), condition] };
}

function conditionsIn(status: unknown): readonly unknown[] {
  const list: unknown = ownField(status, 'conditions');
  return Array.isArray(list) ? list : [];
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
