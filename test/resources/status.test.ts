// What is written into the status of a policy, and when nothing is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import type { Verdict } from '../../src/resources/snapshot.ts';
import { statusFor, uninstalledAt, uninstalledStatus } from '../../src/resources/status.ts';

const GOOD: Verdict = {
  name: 'agents',
  uid: 'u-1',
  accepted: true,
  reason: 'Accepted',
  message: 'in force',
  observedGeneration: 3,
};
const BROKEN: Verdict = {
  ...GOOD,
  accepted: false,
  reason: 'Invalid',
  message: 'generation 3 stays in force: /spec/hardn: unknown key (did you mean "harden"?)',
  observedGeneration: 4,
};
const NOON = '2026-11-22T12:00:00Z';
const LATER = '2026-11-22T12:00:05Z';

function conditionOf(status: unknown): JsonObject {
  const conditions = ownField(status, 'conditions');
  const condition: unknown = Array.isArray(conditions) ? conditions[0] : undefined;
  return isJsonObject(condition) ? condition : {};
}

test('the first status', () => {
  expect(statusFor(GOOD, undefined, NOON)).toEqual({
    conditions: [
      {
        type: 'Accepted',
        status: 'True',
        observedGeneration: 3,
        lastTransitionTime: NOON,
        reason: 'Accepted',
        message: 'in force',
      },
    ],
  });
});

test('nothing where the status says so already, whenever that is and in whatever order of keys', () => {
  const status = statusFor(GOOD, undefined, NOON);
  expect(statusFor(GOOD, status, LATER)).toBeUndefined();
  const condition = conditionOf(status);
  const reversed = { conditions: [Object.fromEntries(Object.entries(condition).toReversed())] };
  expect(statusFor(GOOD, reversed, LATER)).toBeUndefined();
});

test('the time changes where true becomes false, and stays where only the words change', () => {
  const good = statusFor(GOOD, undefined, NOON);
  const broken = statusFor(BROKEN, good, LATER);
  expect(broken).toMatchObject({ conditions: [{ status: 'False', lastTransitionTime: LATER, observedGeneration: 4 }] });
  const newer = statusFor({ ...GOOD, observedGeneration: 9 }, good, LATER);
  expect(newer).toMatchObject({ conditions: [{ status: 'True', lastTransitionTime: NOON, observedGeneration: 9 }] });
  expect(statusFor({ ...BROKEN, reason: 'NameTaken' }, broken, '2026-11-23T00:00:00Z')).toMatchObject({
    conditions: [{ reason: 'NameTaken', lastTransitionTime: LATER }],
  });
});

describe('what others wrote', () => {
  const foreign = { type: 'Synced', status: 'True', lastTransitionTime: NOON, reason: 'GitOps', message: '' };

  test('conditions and fields of others stay', () => {
    const status = statusFor(GOOD, { phase: 'x', conditions: [foreign] }, NOON);
    expect(status).toMatchObject({ phase: 'x', conditions: [foreign, { type: 'Accepted' }] });
    expect(statusFor(GOOD, status, LATER)).toBeUndefined();
  });

  test('a wrong condition in our name is put right', () => {
    const forged = {
      type: 'Accepted',
      status: 'True',
      lastTransitionTime: 7,
      reason: 'Accepted',
      message: 'all is well',
    };
    expect(statusFor(BROKEN, { conditions: [forged] }, NOON)).toEqual(statusFor(BROKEN, undefined, NOON));
    const condition = conditionOf(statusFor(GOOD, undefined, NOON));
    expect(statusFor(GOOD, { conditions: [condition, forged] }, LATER)).toEqual({ conditions: [condition] });
    expect(statusFor(GOOD, { conditions: [{ ...condition, more: 1 }] }, LATER)).toEqual({ conditions: [condition] });
  });
});

test('whatever is there: never throws, and once written there is nothing more to write', () => {
  const existing = fc.oneof(
    fc.jsonValue(),
    fc.record({
      conditions: fc.oneof(fc.jsonValue(), fc.array(fc.record({ type: fc.constantFrom('Accepted', 'x', 1) }))),
    }),
  );
  fc.assert(
    fc.property(existing, fc.constantFrom(GOOD, BROKEN), (status, verdict) => {
      const written = statusFor(verdict, status, NOON);
      expect(statusFor(verdict, written ?? status, LATER)).toBeUndefined();
    }),
  );
});

describe('at an uninstall', () => {
  const foreign = { type: 'Reviewed', status: 'True' };
  const status = uninstalledStatus(
    GOOD,
    { conditions: [foreign, { type: 'Accepted', status: 'True' }], more: 1 },
    LATER,
  );

  test('nobody knows whether it would be accepted; what others say stays', () => {
    expect(status).toEqual({
      more: 1,
      conditions: [
        foreign,
        {
          type: 'Accepted',
          status: 'Unknown',
          observedGeneration: 3,
          lastTransitionTime: LATER,
          reason: 'Uninstalled',
          message: 'Sandgate was uninstalled: nothing is judged by this',
        },
      ],
    });
  });

  test('it is known when that was said, and by whom it was not', () => {
    expect(uninstalledAt(status)).toBe(Date.parse(LATER));
    for (const other of [undefined, null, {}, { conditions: 'x' }, statusFor(GOOD, undefined, NOON)]) {
      expect(uninstalledAt(other)).toBeUndefined();
    }
    expect(uninstalledAt({ conditions: [{ type: 'Reviewed', reason: 'Uninstalled', lastTransitionTime: NOON }] })).toBe(
      undefined,
    );
    expect(uninstalledAt({ conditions: [{ type: 'Accepted', reason: 'Uninstalled', lastTransitionTime: 'x' }] })).toBe(
      undefined,
    );
  });

  test('whoever is installed next says what is so from then on', () => {
    expect(statusFor(GOOD, uninstalledStatus(GOOD, undefined, NOON), LATER)).toEqual(statusFor(GOOD, undefined, LATER));
  });
});
