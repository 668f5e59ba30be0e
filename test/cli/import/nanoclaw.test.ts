// nanoclaw's allowlist of mounts, imported.
import { expect, test } from 'vitest';
import { folderWith, sandgate } from '../console.ts';
import { imported, notes, pod } from './imports.ts';

const LIST = JSON.stringify({
  allowedRoots: [
    { path: '~/projects', allowReadWrite: true, description: 'Code' },
    { path: '/srv/reference/', allowReadWrite: false },
    { path: '/srv', allowReadWrite: true },
    { path: '/srv/reference/deep', allowReadWrite: true },
    { path: '/data', readOnly: false },
  ],
  blockedPatterns: ['token'],
  nonMainReadOnly: true,
});

function mounting(path: string, mount: object): object {
  return pod(
    { volumes: [{ name: 'v', hostPath: { path, type: 'Directory' } }] },
    { volumeMounts: [{ name: 'v', mountPath: '/workspace/extra/v', ...mount }] },
  );
}

test("a folder of nanoclaw's allowlist can be mounted as the list says, and no other", async () => {
  const list = await imported('nanoclaw', LIST, '--home /home/claw -n team-a');
  const verdict = async (path: string, mount: object): Promise<string> =>
    (await list.judge(mounting(path, mount))).verdict;
  expect(await verdict('/home/claw/projects/x', {})).toBe('allowed');
  expect(await verdict('/home/claw/project', {})).toBe('denied');
  expect(await verdict('/srv/reference/x', { readOnly: true })).toBe('allowed');
  expect(await verdict('/srv/reference/x', {})).toBe('denied');
  // A row of a policy has no exceptions: with the read-only folder all around it is read-only.
  expect(await verdict('/srv/other', {})).toBe('denied');
  expect(await verdict('/srv/other', { readOnly: true })).toBe('allowed');
  expect(await verdict('/data/x', {})).toBe('denied');
  expect(await verdict('/home/claw/projects/.ssh', {})).toBe('denied');
  expect(await verdict('/home/claw/projects/my-tokens', {})).toBe('denied');
  expect(await verdict('/home/claw/projects/../other', {})).toBe('denied');
  expect(await verdict('/home/claw/projects/x', { mountPath: '/etc' })).toBe('denied');
  expect((await list.judge({ ...pod(), metadata: { name: 'p', namespace: 'team-b' } })).verdict).toBe('skipped');
});

test('keys that nanoclaw ignores are reported, and a root that another one decides about', async () => {
  expect(notes(await imported('nanoclaw', LIST, '--home /home/claw -n team-a'))).toEqual([
    'nonMainReadOnly: nanoclaw 2 ignores it as well; a root is read-only by allowReadWrite: false, for every agent [none]',
    'allowedRoots[4].readOnly: nanoclaw ignores it: what may be written to is said by allowReadWrite [none]',
    'allowedRoots[2].allowReadWrite: it holds /srv/reference, which is read-only: rows of a policy have no exceptions, so that all of it is read-only [stricter]',
    'allowedRoots[3]: it is below /srv/reference, and the first root that holds a path decides in nanoclaw [none]',
  ]);
});

test('a root in a home that is not known is left out, and a list without a namespace is about every pod', async () => {
  const list = await imported(
    'nanoclaw',
    '{"allowedRoots": [{ "path": "~" }, { "path": "x" }], "blockedPatterns": []}',
  );
  expect(list.specs[0]).toMatchObject({ volumes: { hostPaths: [] } });
  expect(list.specs[0]).not.toHaveProperty('match');
  expect(notes(list)).toEqual([
    'allowedRoots[0].path: ~ is the home of the user who runs nanoclaw, which a policy cannot know (--home says it) [stricter]',
    'allowedRoots[1].path: not an absolute path [stricter]',
    ': an allowlist does not say which pods it is for: the policy is about all of them (-n names a namespace) [stricter]',
  ]);
  expect((await list.judge(mounting('/anything', { readOnly: true }))).verdict).toBe('denied');
});

test('a folder that no policy can allow is not imported, and the list says why', async () => {
  const list = await imported(
    'nanoclaw',
    '{"allowedRoots": [{ "path": "/etc" }, { "path": "/srv" }], "blockedPatterns": []}',
    '-n team-a',
  );
  expect(notes(list)).toEqual(['allowedRoots[0]: no policy can allow it: with it a container has the node [stricter]']);
  expect((await list.judge(mounting('/etc', { readOnly: true }))).verdict).toBe('denied');
  expect((await list.judge(mounting('/srv', { readOnly: true }))).verdict).toBe('allowed');
});

test.each([
  ['{"allowedRoot": []}', 'in.yaml:1:1: no list of allowedRoots'],
  ['{"allowedRoots": []}', 'in.yaml:1:1: no list of blockedPatterns'],
  ['{"allowedRoots": [], "blockedPatterns": "token"}', 'in.yaml:1:41: no list of blockedPatterns'],
  ['[]', 'in.yaml: not an allowlist of nanoclaw'],
  ['{"allowedRoots": [}', 'in.yaml:1:'],
])('an allowlist that nanoclaw itself would not read is refused: %s', async (text, message) => {
  const { code, stdout, stderr } = await sandgate(folderWith({ 'in.yaml': text }), 'import nanoclaw -f in.yaml');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`sandgate: ${message}`);
});
