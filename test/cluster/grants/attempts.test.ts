// A tenant who may use Docker tries to get more than Docker, and one who may not tries to get it at all: on a real API server,
// through both webhooks. docs/grant-attempts.md is the list of them, as the server answered; UPDATE_GOLDEN=1 rewrites it.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { Answer } from '../support/answers.ts';
import type { GatedCluster } from '../support/gated-cluster.ts';
import type { Attempt } from './attempts/attempt.ts';
import { SECTIONS } from './attempts/index.ts';
import { startGrantingCluster } from './granting-cluster.ts';
import { renderPage } from './page.ts';
import { makePlace, type Place } from './place.ts';
import { collidingClasses, secondPolicies, tierPolicies } from './policies.ts';

const PAGE = resolve(import.meta.dirname, '../../../docs/grant-attempts.md');

let cluster: GatedCluster;
let plane: ControlPlane;
const answers = new Map<Attempt, Answer>();

beforeAll(async () => {
  const documents = [...collidingClasses(), ...tierPolicies(), ...secondPolicies()];
  const bundles = ['docker', 'nsjail', 'landjail'] as const;
  cluster = await startGrantingCluster({ controllerManager: true, bundles, documents });
  plane = cluster.plane;
});

afterAll(async () => {
  await cluster?.stop();
});

describe.each(SECTIONS)('attempts to get more: $title', ({ labels, prepare, attempts }) => {
  let place: Place;
  let end: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    place = await makePlace(plane, labels);
    end = await prepare?.(place);
  });

  afterAll(async () => {
    await end?.();
  });

  test.each(attempts)('the answer to "$what" is: $verdict', async (attempt) => {
    const answer = await attempt.run(place);
    answers.set(attempt, answer);
    const says: unknown = attempt.fails === undefined ? expect.stringContaining(attempt.says) : expect.any(String);
    expect(answer).toEqual({ verdict: attempt.verdict, message: says });
  });

  const silent = attempts.filter(({ fails }) => fails !== undefined);
  if (silent.length > 0) {
    test.fails.each(silent)('$what: $says, though not yet: $fails', (attempt) => {
      expect(answers.get(attempt)?.message).toContain(attempt.says);
    });
  }
});

test('no two attempts of a kind have the same name', () => {
  for (const { attempts } of SECTIONS) {
    const names = attempts.map(({ what }) => what);
    expect(names).toEqual([...new Set(names)]);
  }
});

test('docs/grant-attempts.md is what the server answered', ({ skip }) => {
  const all = SECTIONS.flatMap(({ attempts }) => attempts);
  if (answers.size < all.length) skip('only some of the attempts were made');
  const page = renderPage(SECTIONS, (attempt) => answers.get(attempt) ?? { verdict: 'refused', message: '' });
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, page);
  expect(page).toBe(readFileSync(PAGE, 'utf8'));
});
