import { expect, test } from 'vitest';
import { injectedFields } from '../../src/admission/injected.ts';
import type { PatchOperation } from '../../src/engine/diff.ts';

test.each<[string, PatchOperation[], string]>([
  ['nothing', [], ''],
  [
    'a number',
    [{ op: 'add', path: '/spec/securityContext/runAsUser', value: 1000 }],
    'spec.securityContext.runAsUser=1000',
  ],
  ['false', [{ op: 'replace', path: '/spec/hostUsers', value: false }], 'spec.hostUsers=false'],
  ['text', [{ op: 'add', path: '/spec/runtimeClassName', value: 'gvisor' }], 'spec.runtimeClassName=gvisor'],
  ['a list', [{ op: 'add', path: '/spec/containers/0/x/drop', value: ['ALL'] }], 'spec.containers[0].x.drop=["ALL"]'],
  ['an empty object', [{ op: 'add', path: '/spec/volumes/-', value: {} }], 'spec.volumes[-]={}'],
  ['a removal', [{ op: 'remove', path: '/spec/overhead' }], 'spec.overhead removed'],
  [
    'an object, leaf by leaf',
    [
      {
        op: 'add',
        path: '/spec/securityContext',
        value: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      },
    ],
    'spec.securityContext.runAsNonRoot=true, spec.securityContext.seccompProfile.type=RuntimeDefault',
  ],
  [
    'a key that is no word',
    [{ op: 'add', path: '/metadata/annotations/sandgate.dev~1status', value: 'x' }],
    'metadata.annotations[sandgate.dev/status]=x',
  ],
  [
    'no values of environment variables',
    [
      {
        op: 'add',
        path: '/spec/containers/1',
        value: { name: 'a', env: [{ name: 'TOKEN', value: 'secret' }], command: ['x', 'secret'] },
      },
    ],
    'spec.containers[1].name=a, spec.containers[1].env[0].name, spec.containers[1].env[0].value, spec.containers[1].command',
  ],
])('what was filled in is listed for a patch of %s', (_, patch, text) => {
  expect(injectedFields(patch)).toBe(text);
});

test('a long patch is cut short', () => {
  const patch = Array.from({ length: 900 }, (_, i): PatchOperation => ({ op: 'add', path: `/spec/x${i}`, value: i }));
  const text = injectedFields(patch);
  expect(text.length).toBeLessThanOrEqual(1024);
  expect(text).toMatch(/^spec\.x0=0, spec\.x1=1, .* … and \d+ more$/);
});
