// Roles and bindings that the API server would refuse: they allow nothing, and that is said. test/cluster/rbac asks the real
// one whether it does.
import { describe, expect, test } from 'vitest';
import { userInfo } from '../../../../src/cli/user.ts';
import { parseFiles } from '../../../../src/library/offline/objects.ts';
import { authorizerFrom } from '../../../../src/library/offline/rbac/from-objects.ts';
import { REFUSED, type RefusedObject } from './refused-objects.ts';

function lines({ object }: RefusedObject): string[] {
  const { files } = parseFiles([{ file: 'rbac.json', text: JSON.stringify(object, undefined, 1) }]);
  const said: string[] = [];
  const objects = files.flatMap((file) => file.documents.flatMap((document) => document.objects));
  const allows = authorizerFrom(objects, 'agents', (line) => said.push(line));
  expect(allows(userInfo('alice', ['dev']), 'docker', 'agents')).toBe(false);
  return said;
}

describe('refused', () => {
  test.each(REFUSED.map((row) => [row.title, row] as const))(
    'an RBAC object that the API server would refuse grants nothing: %s',
    (_, row) => {
      const [line = '', ...more] = lines(row);
      expect(more).toEqual([]);
      expect(line).toMatch(
        /^rbac\.json:\d+:\d+: (Cluster)?Role(Binding)? "[br.]*" grants nothing, because the API server would /,
      );
      expect(line).toContain(`: ${row.path}: expected `);
    },
  );
});

test('the place is that of the field', () => {
  const object = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'b' },
    subjects: [{ kind: 'Robot', name: 'x' }],
    roleRef: { kind: 'Role', name: 'r' },
  };
  expect(lines({ title: '', path: '', object })).toEqual([
    'rbac.json:9:12: RoleBinding "b" grants nothing, because the API server would refuse it: ' +
      'subjects[0].kind: expected User, Group, ServiceAccount',
  ]);
});
