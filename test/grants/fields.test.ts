// Fields without what a class grants: what is left, and where it stood.
import { expect, test } from 'vitest';
import { withoutFields } from '../../src/grants/fields.ts';

test('lists that lose entries say where the others stood', () => {
  const said: [string, readonly number[]][] = [];
  const existing = {
    tolerations: [{ key: 'a' }, { key: 'b' }, { key: 'a' }, { key: 'c' }],
    securityContext: { supplementalGroups: [1, 2, 3], sysctls: [{ name: 'x' }] },
    imagePullSecrets: [{ name: 's' }],
    hostUsers: false,
  };
  const granted = {
    tolerations: [{ key: 'a' }],
    securityContext: { supplementalGroups: [2], sysctls: [{ name: 'y' }] },
    imagePullSecrets: [{ name: 's' }],
    hostUsers: false,
  };
  const rest = withoutFields(existing, granted, 'spec', (path, kept) => said.push([path, kept]));
  expect(rest).toEqual({
    tolerations: [{ key: 'b' }, { key: 'c' }],
    securityContext: { supplementalGroups: [1, 3], sysctls: [{ name: 'x' }] },
    imagePullSecrets: [],
  });
  expect(said).toEqual([
    ['spec.tolerations', [1, 3]],
    ['spec.securityContext.supplementalGroups', [0, 2]],
    ['spec.imagePullSecrets', []],
  ]);
  expect(withoutFields(existing, granted)).toEqual(rest);
});
