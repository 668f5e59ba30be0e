// Rules that are not as their tool documents them: nothing of them is passed over without a word.
import { expect, test } from 'vitest';
import { folderWith, sandgate } from '../console.ts';

const LEVEL = 'validate: { podSecurity: { level: baseline } }';

function clusterPolicy(spec: string): string {
  return `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: p }\nspec: ${spec}\n`;
}

test.each([
  ['no spec', 'null', 'spec.rules: the policy has no rules (no difference to verdicts)'],
  ['no rules', '{ rules: [] }', 'spec.rules: the policy has no rules (no difference to verdicts)'],
  ['rules that are not a list', '{ rules: { a: 1 } }', 'spec.rules: not a list of rules (laxer than before)'],
  ['a rule that is not an object', '{ rules: [null] }', 'spec.rules[0]: not a rule (expected an object) (laxer'],
  ['a rule without match', `{ rules: [{ name: a, ${LEVEL} }] }`, 'spec.rules[0].match: the rule is left out'],
  [
    'kinds that are not a list',
    `{ rules: [{ name: a, match: { resources: { kinds: Pod } }, ${LEVEL} }] }`,
    'spec.rules[0].match: the rule is left out',
  ],
  [
    'an empty list of matches',
    `{ rules: [{ name: a, match: { any: [] }, ${LEVEL} }] }`,
    'spec.rules[0].match: the rule is left out',
  ],
])('a policy of Kyverno with %s is named among what is not carried over', async (_, spec, note) => {
  const folder = folderWith({ 'p.yaml': clusterPolicy(spec) });
  const { code, stderr, stdout } = await sandgate(folder, 'import kyverno -f p.yaml');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`ClusterPolicy p: ${note}`);
});

test('where nothing was imported, the command says what it can import', async () => {
  const { code, stderr } = await sandgate(folderWith({ 'p.yaml': '' }), 'import kyverno -f p.yaml');
  expect(code).toBe(2);
  expect(stderr).toContain(
    'sandgate: nothing was imported (expected ClusterPolicies, Policies and PolicyExceptions of',
  );
});
