// A pod of which we say something else than upstream, made as small as it gets and put so that somebody can act on it.
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { evaluate } from '../../src/pod-security/standard.ts';
import { podText } from './generated-pods.ts';
import { type Difference, differenceOf, type Oracle } from './oracle.ts';

/** Finds the first difference among the pods of a seed again, and the smallest pod that has one. */
export async function shrink(
  oracle: Oracle,
  seed: number,
  pods: number,
  judge?: typeof evaluate,
): Promise<{ readonly pod: string; readonly difference: Difference } | undefined> {
  const differs = async (pod: string): Promise<Difference | undefined> => {
    const [verdicts = []] = await oracle.judge([pod]);
    return differenceOf(pod, verdicts, undefined, judge);
  };
  const property = fc.asyncProperty(podText, async (pod) => (await differs(pod)) === undefined);
  const { counterexample } = await fc.check(property, { seed, numRuns: pods });
  const pod = counterexample?.[0];
  const difference = pod === undefined ? undefined : await differs(pod);
  return pod !== undefined && difference ? { pod, difference } : undefined;
}

/** The pod as YAML, both texts, and how to meet it again. */
export function describeDifference(pod: string, { at, ours, theirs }: Difference, replay: string): string {
  const yaml = stringify(JSON.parse(pod), { aliasDuplicateObjects: false });
  return [
    `${at.level}:${at.version} of this pod:`,
    '---',
    yaml.trimEnd(),
    '---',
    `ours:   ${ours}`,
    `theirs: ${theirs}`,
    `to run it again: ${replay}`,
  ].join('\n');
}
