// What files say of RuntimeClasses and nodes.
import { expect, test } from 'vitest';
import { objectsOf } from '../../src/cli/inputs.ts';
import { clusterFactsFrom, unknownFacts } from '../../src/library/offline/cluster-facts.ts';
import { parseFiles } from '../../src/library/offline/objects.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { gateOf, policyYaml } from '../support/gate.ts';

function facts(...objects: readonly JsonObject[]) {
  const text = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const { files } = parseFiles([{ file: 'cluster.yaml', text }]);
  return clusterFactsFrom(objectsOf(files));
}

const CLASS = {
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: 'gvisor' },
  handler: 'runsc',
  scheduling: { nodeSelector: { pool: 'a' }, tolerations: [{ key: 'x', tolerationSeconds: 3 }, 'wrong'] },
};
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { pool: 'a' } } };

test('files without RuntimeClasses say nothing, and those with some say that there are no others', () => {
  expect(facts(NODE)).toBe(undefined);
  expect(facts(CLASS)?.runtimeClass('gvisor')).toEqual({
    name: 'gvisor',
    handler: 'runsc',
    nodeSelector: { pool: 'a' },
    tolerations: [{ key: 'x', tolerationSeconds: 3 }],
  });
  expect(facts(CLASS)?.runtimeClass('kata')).toBe('missing');
});

test('nodes of files say what they can run', () => {
  expect(facts(CLASS)?.hasNodeFor('gvisor')).toBe(undefined);
  expect(facts(CLASS, NODE)?.hasNodeFor('gvisor')).toBe(true);
  expect(facts(CLASS, { ...NODE, metadata: { name: 'n' } })?.hasNodeFor('gvisor')).toBe(false);
});

test('what a policy asks and nobody has said is told, in a line for each', () => {
  const { policies } = gateOf(policyYaml('p', 'runtime: { exists: Deny, nodes: Warn }'));
  expect(unknownFacts(policies, undefined)).toEqual([
    'RuntimeClasses are not known, so nothing is said about runtime.exists (expected RuntimeClasses in -f or --context)',
    'Nodes are not known, so nothing is said about runtime.nodes (expected RuntimeClasses and Nodes in -f or --context)',
  ]);
  expect(unknownFacts(policies, facts(CLASS))).toHaveLength(1);
  expect(unknownFacts(policies, facts(CLASS, NODE))).toEqual([]);
  expect(unknownFacts(gateOf(policyYaml('p', 'runtime: { default: gvisor }')).policies, undefined)).toEqual([]);
});
