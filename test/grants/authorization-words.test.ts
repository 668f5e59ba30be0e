import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notAuthorized, type UseAttempt } from '../../src/grants/authorization-words.ts';
import { anyText } from '../support/any-text.ts';

const ATTEMPT: UseAttempt = {
  className: 'docker',
  namespace: 'agents',
  user: { username: 'alice', groups: ['dev'] },
  serviceAccount: 'runner',
};

test('a denial names who was asked, and the commands that would allow it', () => {
  expect(notAuthorized(ATTEMPT, 'denied')).toEqual({
    detail: 'neither user "alice" nor service account "runner" may use capability class "docker" in namespace "agents"',
    fix:
      'an administrator can allow it with: ' +
      "kubectl create role use-docker --verb=use --resource='*.sandgate.dev' --resource-name=docker -n agents; " +
      'kubectl create rolebinding use-docker-runner --role=use-docker --serviceaccount=agents:runner -n agents',
  });
});

test('where nobody could be asked, no command would help', () => {
  const { detail, fix } = notAuthorized(ATTEMPT, 'unknown');
  expect(detail).toBe(
    'the API server could not be asked whether user "alice" or service account "runner" may use capability class "docker" ' +
      'in namespace "agents", so the class is not granted',
  );
  expect(fix).toContain('subjectaccessreviews');
  expect(fix).not.toContain('kubectl');
});

test('where the user does not count, nothing is said of one', () => {
  const { detail } = notAuthorized({ ...ATTEMPT, user: { username: '', groups: [] } }, 'denied');
  expect(detail).toMatch(/^service account "[^"]+" may not use capability class/);
});

describe('what a tenant wrote', () => {
  test.each([
    ['a service account', { serviceAccount: 'x; kubectl delete ns prod #' }],
    ['a service account with a line break at its end', { serviceAccount: 'runner\n' }],
    ['a service account that begins like an option', { serviceAccount: '--as=admin' }],
    ['a namespace', { namespace: '$(reboot)' }],
    ['an empty namespace', { namespace: '' }],
    ['a class', { className: '`reboot`' }],
  ])('is never put into a command: %s', (_, written) => {
    const { fix } = notAuthorized({ ...ATTEMPT, ...written }, 'denied');
    expect(fix).toBe('use a valid service account name, and ask an administrator to let it use the class');
  });

  test('cannot close the quotes around it', () => {
    const { detail } = notAuthorized({ ...ATTEMPT, user: { username: 'a" may', groups: [] } }, 'denied');
    expect(detail).toMatch(/^neither user "a\\" may" nor/);
  });

  test('stays on one line of bounded length, whatever it is', () => {
    const text = fc.oneof(
      anyText,
      fc.constantFrom('\u202e', '\u2028', '\u0000', '\ud800', '"', '\\').map((unit) => unit.repeat(100_000)),
      fc.constant('u'.repeat(1024 * 1024)),
    );
    fc.assert(
      fc.property(text, text, text, text, fc.constantFrom('denied', 'unknown'), (a, b, c, d, answer) => {
        const attempt = { className: a, namespace: b, user: { username: c, groups: [] }, serviceAccount: d };
        const { detail, fix } = notAuthorized(attempt, answer);
        expect(detail.length).toBeLessThan(1600);
        expect(fix.length).toBeLessThan(1600);
        expect(`${detail}${fix}`).not.toMatch(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
      }),
    );
  });
});
