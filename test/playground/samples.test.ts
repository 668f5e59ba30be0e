// Each sample of the playground gives the same verdicts through the page's own functions as on the command line.
import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../playground/outcome.ts';
import type { Sample } from '../../playground/state.ts';
import { samples } from '../../scripts/playground/samples.ts';
import { bundleNames, bundlesDirectory } from '../../src/resources/bundles.ts';
import { verdictsOnCommandLine } from './command-line.ts';

const SAMPLES = samples();
const ROWS = SAMPLES.map((sample): [name: string, sample: Sample] => [`${sample.group}: ${sample.name}`, sample]);

test('every shipped bundle and class is offered', () => {
  const offered = SAMPLES.map(({ name }) => name.replace(/:.*/, ''));
  expect(bundleNames(bundlesDirectory()).filter((name) => !offered.includes(name))).toEqual([]);
  expect(new Set(SAMPLES.map(({ name }) => name)).size).toBe(SAMPLES.length);
});

describe('a sample', () => {
  test.each(ROWS)('%s gives the verdicts of the command line', async (_, sample) => {
    const { results, policyProblems } = outcomeOf(sample, Date.now());
    const verdicts = results.map(
      ({ object, verdict }) => `${verdict} ${object.kind} ${object.namespace}/${object.name}`,
    );
    expect(policyProblems.length > 0 ? 'mistakes in the policies' : verdicts).toEqual(
      await verdictsOnCommandLine(sample),
    );
  });

  test.each(ROWS)('%s has an object to judge, or a mistake to show', (_, sample) => {
    const { results, policyProblems } = outcomeOf(sample, Date.now());
    expect(results.length + policyProblems.length).toBeGreaterThan(0);
    expect(results.filter(({ verdict }) => verdict === 'skipped')).toEqual([]);
  });
});
