// A tenant tries to get around each rule: on a real API server, through both webhooks, by every way in which pods come to it.
// docs/rule-attempts.md is the list of it, as the server answered; UPDATE_GOLDEN=1 rewrites it.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RULES } from '../../../src/rules/index.ts';
import type { Answer } from '../support/answers.ts';
import type { GatedCluster } from '../support/gated-cluster.ts';
import { inPod, letIn, type Section, type Trial, whileItRuns } from './attempt.ts';
import { SECTIONS } from './attempts/index.ts';
import { startRulesCluster } from './cluster.ts';
import { make } from './make.ts';
import { byGeneratedName, byKubectlRun, podOfController, storeController } from './once.ts';
import { expectOutcome, expectSameAnswer, outcomeOf } from './outcome.ts';
import { renderPage } from './page.ts';
import { makePlace, type Place, policyFor } from './place.ts';
import { CONTROLLERS, type Controller } from './ways.ts';

const PAGE = resolve(import.meta.dirname, '../../../docs/rule-attempts.md');

let cluster: GatedCluster;
const answers = new Map<Trial, Answer>();

beforeAll(async () => {
  cluster = await startRulesCluster(SECTIONS.map(policyFor));
});

afterAll(async () => {
  await cluster?.stop();
});

function controllersOf({ controllers = CONTROLLERS }: Section): readonly Controller[] {
  return controllers;
}

/** The trials of a section's attempts, without those by controllers that cannot hold its pod. */
function trialsOf(section: Section, trials: readonly Trial[]): readonly Trial[] {
  const missing = CONTROLLERS.filter((kind) => !controllersOf(section).includes(kind));
  return trials.filter(
    ({ way }) => !missing.some((kind) => kind === (way === 'patched Deployment' ? 'Deployment' : way)),
  );
}

/**
 * Makes a trial; gives back what is not as it was expected.
 * @param alike whether the engine must say the same of what was sent
 */
async function tryIt(place: Place, trial: Trial, alike: boolean): Promise<readonly string[]> {
  const made = await make(place, trial);
  const answer = outcomeOf(trial, made.reply);
  answers.set(trial, answer);
  const checks = [
    () => expectOutcome(trial, answer, made),
    ...(alike ? [() => expectSameAnswer(trial, answer, made)] : []),
  ];
  return checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      const where = trial.where === undefined ? '' : ` (${trial.where})`;
      return [`by ${trial.way}${where}: ${error instanceof Error ? error.message : ''}`];
    }
  });
}

describe.each(SECTIONS)('attempts to get around $title', (section) => {
  let place: Place;
  const [first] = section.attempts;
  const template = () => first?.trials[0]?.change(place.base) ?? {};

  beforeAll(async () => {
    place = await makePlace(cluster.plane, section);
    const [kind = 'Deployment'] = controllersOf(section);
    await storeController(place, kind, template());
  });

  test('begin with a pod that every way lets in', async () => {
    const unchanged = [inPod, whileItRuns].flatMap((by) => by('nothing', letIn(''), (pod) => pod).trials);
    const tried = trialsOf(section, unchanged).map(async (trial) => await tryIt(place, trial, true));
    const wrong = (await Promise.all(tried)).flat();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });

  test.each(section.attempts)('have the answer that is expected: $what', async ({ trials, rewritten }) => {
    const made = trialsOf(section, trials).map(async (trial) => await tryIt(place, trial, rewritten === undefined));
    const wrong = (await Promise.all(made)).flat();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });

  test('are refused under a name that the server makes, by kubectl run, and to a controller', async () => {
    const [generated, run] = await Promise.all([byGeneratedName(place, template()), byKubectlRun(place, template())]);
    const made = await podOfController(place);
    for (const { verdict, message } of [generated, run, made]) expect(verdict, message).toBe('refused');
  });
});

test('there are attempts for each rule that judges or fills in pods', () => {
  // The others have attempts of their own: test/cluster/grants, and test/cluster/cases for what is not a pod.
  const elsewhere = ['capabilities', 'connect', 'roleBindings'];
  const rules = RULES.map(({ key }) => key).filter((key) => !elsewhere.includes(key));
  expect([...new Set(SECTIONS.flatMap(({ rules: tried }) => tried))].toSorted()).toEqual(rules.toSorted());
});

test('no two attempts of a section have the same name', () => {
  for (const { attempts } of SECTIONS) {
    const names = attempts.map(({ what }) => what);
    expect(names).toEqual([...new Set(names)]);
  }
});

test('docs/rule-attempts.md is what the server answered', ({ skip }) => {
  const sections = SECTIONS.map((section) => ({
    ...section,
    attempts: section.attempts.map((attempt) => ({ ...attempt, trials: trialsOf(section, attempt.trials) })),
  }));
  const all = sections.flatMap(({ attempts }) => attempts.flatMap(({ trials }) => trials));
  if (all.some((trial) => !answers.has(trial))) skip('only some of the attempts were made');
  const page = renderPage(sections, (trial) => answers.get(trial) ?? { verdict: 'refused', message: '' });
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, page);
  expect(page).toBe(readFileSync(PAGE, 'utf8'));
});
