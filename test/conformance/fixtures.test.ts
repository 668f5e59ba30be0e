// Upstream's own example pods through our webhook, and beside it through upstream's evaluator.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import type { Gate } from '../../src/engine/gate.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { type Fixture, readFixtures } from './fixtures.ts';
import { differenceOf, EVERYWHERE, Oracle } from './oracle.ts';

let oracle: Oracle;
let fixtures: readonly Fixture[] = [];
beforeAll(async () => {
  [oracle, fixtures] = await Promise.all([Oracle.start(), readFixtures()]);
}, 600_000);
afterAll(() => oracle.close());

test('all of them are there', () => {
  const count = (level: string, passes: boolean): number =>
    fixtures.filter((fixture) => fixture.level === level && fixture.passes === passes).length;
  expect({
    baseline: { pass: count('baseline', true), fail: count('baseline', false) },
    restricted: { pass: count('restricted', true), fail: count('restricted', false) },
  }).toEqual({ baseline: { pass: 433, fail: 1122 }, restricted: { pass: 618, fail: 2364 } });
  expect(fixtures).toHaveLength(4537);
});

test('the webhook lets in those that pass, and refuses the others in the words of upstream', async () => {
  const verdicts = await oracle.judge(fixtures.map(({ pod }) => JSON.stringify(asDefaulted(pod))));
  const gates = new Map<string, Gate>();
  const wrong = fixtures.flatMap((fixture, index) => {
    const rule = `${fixture.level}:${fixture.version}`;
    const wanted = `podSecurity: { level: ${fixture.level}, version: ${fixture.version} }`;
    const gate = gates.get(rule) ?? gateOf(policyYaml('p', wanted));
    gates.set(rule, gate);
    const place = EVERYWHERE.findIndex(({ level, version }) => `${level}:${version}` === rule);
    const theirs = verdicts[index]?.[place];
    const said = answer(fixture.pod, gate);
    const expected = theirs?.allowed ? undefined : `violates PodSecurity "${rule}": ${theirs?.detail}`;
    if (theirs?.allowed === fixture.passes && said === expected) return [];
    return [`${fixture.file}: ours: ${said ?? 'allowed'}; theirs: ${expected ?? 'allowed'}`];
  });
  expect(wrong).toEqual([]);
});

test('upstream says the same of every one of them at every level and version', async () => {
  const pods = fixtures.map(({ pod }) => JSON.stringify(pod));
  const verdicts = await oracle.judge(pods);
  const differences = pods.flatMap((pod, index) => differenceOf(pod, verdicts[index] ?? []) ?? []);
  expect(differences).toEqual([]);
  console.log(`${fixtures.length} fixtures by ${EVERYWHERE.length} levels and versions: 0 differences`);
});

describe('what the fixtures leave to the API server', () => {
  test('a volume without a source: it is an emptyDir by the time it is judged', () => {
    const bare = fixtures.filter(({ pod }) => asDefaulted(pod) !== pod).map(({ file }) => file.split('/').at(-1));
    expect(bare).toHaveLength(38);
    expect(new Set(bare)).toEqual(new Set(['restrictedvolumes0.yaml']));
  });
});

/** Why the webhook refuses a pod, without how to mend it; undefined where it lets it in. */
function answer(pod: JsonObject, gate: Gate): string | undefined {
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace: 'n',
      name: 'test',
      userInfo: { username: 'u' },
      object: pod,
    },
  };
  const { reply } = handleReview(review, 'validate', gate);
  const response = ownField(reply, 'response');
  if (ownField(response, 'allowed') === true) return undefined;
  const message = stringField(ownField(response, 'status'), 'message') ?? 'no message';
  return /^pods "test" is forbidden: (.*)\. To fix: /.exec(message)?.[1] ?? message;
}

/** With the one default of the API server that the fixtures count on; the same pod where it does not matter. */
function asDefaulted(pod: JsonObject): JsonObject {
  const spec = ownField(pod, 'spec');
  const volumes = ownField(spec, 'volumes');
  if (!isJsonObject(spec) || !Array.isArray(volumes)) return pod;
  const defaulted = volumes.map((volume: object) =>
    Object.keys(volume).length > 1 ? volume : { ...volume, emptyDir: {} },
  );
  if (defaulted.every((volume, index) => volume === volumes[index])) return pod;
  return { ...pod, spec: { ...spec, volumes: defaulted } };
}
