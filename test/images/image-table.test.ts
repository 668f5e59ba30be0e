// The table of images and users: which row wins, and which tables are refused.
import { describe, expect, test } from 'vitest';
import type { ImageRow, ImageUsers } from '../../src/images/identity.ts';
import { compileImageTable } from '../../src/images/image-table.ts';
import { cpuTimeMs } from '../support/cpu-time.ts';
import { inLongTests } from '../support/long-tests.ts';

const SHA = `sha256:${'a'.repeat(64)}`;
const APP = 'ghcr.io/kagent-dev/kagent/app';
const ADK = 'ghcr.io/kagent-dev/kagent/golang-adk';

/** Rows whose user is their own place in the list, from 1 on. */
function rows(...list: Omit<ImageRow, 'runAsUser'>[]): ImageUsers {
  return { images: list.map((row, index) => ({ ...row, runAsUser: index + 1 })) };
}

function problemsOf(...list: Omit<ImageRow, 'runAsUser'>[]): [number, string][] {
  return compileImageTable(rows(...list)).problems.map(({ row, message }) => [row, message]);
}

describe('kagent, whose user changed between versions', () => {
  const { table, problems } = compileImageTable({
    images: [
      { image: APP, tags: '>=0.10.0-rc.3', runAsUser: 65532 },
      { image: APP, runAsUser: 1001 },
      { image: ADK, tags: '*-full', runAsUser: 1001 },
      { image: ADK, runAsUser: 65532 },
      { image: '*/kagent/ui', runAsUser: 1001 },
    ],
  });

  test('is a table without faults', () => {
    expect(problems).toEqual([]);
  });

  test.each([
    [`${APP}:0.9.12`, 1001],
    [`${APP}:0.10.0-rc2`, 1001],
    [`${APP}:0.10.0-rc3`, 65532],
    [`${APP}:v0.10.0`, 65532],
    [`${APP}:0.10.1-full`, 1001],
    [`${APP}:main`, 1001],
    [APP, 1001],
    [`${APP}@${SHA}`, 1001],
    [`${ADK}:0.10.0`, 65532],
    [`${ADK}:0.10.0-full`, 1001],
    [`${ADK}:0.10.0-rc3-full@${SHA}`, 1001],
    ['mirror.local:5000/kagent/ui:x', 1001],
    ['ghcr.io/kagent-dev/kagent/other', undefined],
    ['Not An Image', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%s runs as %s', (image, user) => {
    expect(table.find(image)?.runAsUser).toBe(user);
  });
});

describe('the most specific row wins', () => {
  const all = [
    { image: '**' },
    { image: 'x.io/*' },
    { image: 'x.io/app' },
    { image: 'x.io/app', tags: '1.*' },
    { image: 'x.io/app', tags: '>=1.0.0 <2.0.0-0' },
    { image: 'x.io/app', tags: '1.0.0' },
    { image: 'x.io/*', tags: '1.0.*' },
    { image: 'x.io/*', digest: SHA },
  ];

  test.each([
    ['y.io/app', 1],
    ['x.io/other', 2],
    ['x.io/app', 3],
    ['x.io/app:1.x', 4],
    ['x.io/app:1.2.0', 5],
    ['x.io/app:1.0.0', 6],
    ['x.io/app:1.0.1', 5],
    ['x.io/other:1.0.0', 7],
    [`x.io/app:1.0.0@${SHA}`, 8],
  ])('%s: row %s, in whatever order they are written', (image, user) => {
    const { images = [] } = rows(...all);
    for (const order of [images, images.toReversed()]) {
      const { table, problems } = compileImageTable({ images: order });
      expect(problems).toEqual([]);
      expect(table.find(image)?.runAsUser).toBe(user);
    }
  });

  test('among patterns, the longer image', () => {
    const { table } = compileImageTable(rows({ image: 'x.io/a*' }, { image: 'x.io/a?p*' }));
    expect(table.find('x.io/app')?.runAsUser).toBe(2);
  });

  test('a plain image before a pattern, even a longer one', () => {
    const { table } = compileImageTable(rows({ image: 'x.io/app', tags: '*-a' }, { image: 'x.io/app*', tags: '*-a' }));
    expect(table.find('x.io/app:1-a')?.runAsUser).toBe(1);
    expect(table.find('x.io/apps:1-a')?.runAsUser).toBe(2);
  });
});

describe('what a row leaves out', () => {
  const row: ImageRow = { image: 'nginx', runAsUser: 101 };
  const spec: ImageUsers = {
    runAsUser: 1000,
    runAsGroup: 1001,
    fsGroup: 1002,
    fsGroupChangePolicy: 'OnRootMismatch',
    images: [row, { image: 'app', runAsUser: 5, runAsGroup: 6, fsGroup: 7, fsGroupChangePolicy: 'Always' }],
  };
  const { table } = compileImageTable(spec);

  test('is taken from the policy, but for the group of the user', () => {
    expect(table.find('docker.io/library/nginx:1')).toEqual({
      runAsUser: 101,
      fsGroup: 1002,
      fsGroupChangePolicy: 'OnRootMismatch',
      row,
    });
    expect(table.find('app')).toMatchObject({ runAsUser: 5, runAsGroup: 6, fsGroup: 7, fsGroupChangePolicy: 'Always' });
  });

  test('other images get the default of the policy', () => {
    const expected = { runAsUser: 1000, runAsGroup: 1001, fsGroup: 1002, fsGroupChangePolicy: 'OnRootMismatch' };
    for (const image of ['other', 'Not An Image', null]) expect(table.find(image)).toEqual(expected);
    expect(compileImageTable({ fsGroup: 1 }).table.find('other')).toBeUndefined();
  });
});

describe('images are normalised as references are', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx', true],
    ['index.docker.io/nginx', 'nginx', true],
    ['nginx*', 'nginx-unprivileged', true],
    ['bitnami/*', 'docker.io/bitnami/redis', true],
    ['docker.io/*', 'bitnami/redis', false],
    ['docker.io/**', 'bitnami/redis', true],
    ['docker.io/**', 'nginx', true],
    ['*/redis', 'redis', false],
    ['**/redis', 'redis', true],
    ['localhost:5000/*', 'localhost:5000/a/b', false],
    ['localhost:5000/**', 'localhost:5000/a/b', true],
    ['*:5000/app', 'r.io:5000/app', true],
    ['10.0.0.?/x', '10.0.0.7/x', true],
    ['nginx*', 'ghcr.io/nginx', false],
  ])('%s matches %s: %s', (pattern, image, expected) => {
    const { table, problems } = compileImageTable(rows({ image: pattern }));
    expect(problems).toEqual([]);
    expect(table.find(image) !== undefined).toBe(expected);
  });
});

describe('rows that can match nothing', () => {
  test.each([
    [{ image: 'ghcr.io/App' }, 'image "ghcr.io/App" can match nothing: write it in lower case, as repositories are'],
    [{ image: 'app:1.0' }, 'image "app:1.0" can match nothing: it holds a tag; put the tag in tags'],
    [{ image: 'x/app*:1' }, 'image "x/app*:1" can match nothing: it holds a tag; put the tag in tags'],
    [{ image: `app@${SHA}` }, `image "app@${SHA}" can match nothing: it holds a digest; put the digest in digest`],
    [{ image: '*' }, `image "*" can match nothing: "*" does not stand for "/"; write "**" for any registry and path`],
    [
      { image: '*-app' },
      `image "*-app" can match nothing: "*" does not stand for "/"; write "**" for any registry and path`,
    ],
    [{ image: 'a b' }, 'image "a b" can match nothing: it is neither a repository nor a pattern for one'],
    [{ image: '' }, 'image "" can match nothing: it is neither a repository nor a pattern for one'],
    [{ image: 'a/*/' }, 'image "a/*/" can match nothing: it is neither a repository nor a pattern for one'],
    [{ image: 'a', tags: '.1' }, 'tags ".1" can match nothing: it is not a tag, a pattern of tags or a semver range'],
    [{ image: 'a', tags: 'a/*' }, 'tags "a/*" can match nothing: it is not a tag, a pattern of tags or a semver range'],
    [{ image: 'a', tags: '' }, 'tags "" can match nothing: it is not a tag, a pattern of tags or a semver range'],
    [{ image: 'a', tags: '>=q' }, 'tags ">=q" can match nothing: it is not a semver range'],
    [
      { image: 'a', digest: 'sha256:12' },
      'digest "sha256:12" can match nothing: it must be sha256: and 64 lower-case hex digits',
    ],
  ])('the row %j is reported as matching nothing', (row, message) => {
    expect(problemsOf(row)).toEqual([[0, message]]);
  });

  test('are left out of the table', () => {
    const { table } = compileImageTable(rows({ image: 'App' }, { image: 'app' }));
    expect(table.find('app')?.runAsUser).toBe(2);
  });
});

describe('rows that conflict', () => {
  const equally = 'match the same images equally well; make one of them more specific, or join them';

  test('repeated, however it is written', () => {
    expect(problemsOf({ image: 'nginx' }, { image: 'a' }, { image: 'docker.io/library/nginx' })).toEqual([
      [2, 'images[2] repeats images[0]'],
    ]);
    expect(problemsOf({ image: 'a', tags: '1*' }, { image: 'a', tags: '1*' })).toHaveLength(1);
    expect(problemsOf({ image: 'a', digest: SHA }, { image: 'a', digest: SHA })).toHaveLength(1);
  });

  test.each([
    [{ image: 'x.io/*-a' }, { image: 'x.io/b-*' }],
    [
      { image: 'a', tags: '1.*-x' },
      { image: 'a', tags: '*.0-x' },
    ],
    [
      { image: 'a', tags: '>=1.0.0' },
      { image: 'a', tags: '<=2.0.0' },
    ],
    [
      { image: 'a', tags: '>=1.0.0' },
      { image: 'a', tags: '1.*.*-x' },
    ],
    [
      { image: 'x.io/*b', tags: '1.0' },
      { image: 'x.io/a*', tags: '1.0' },
    ],
  ])('%j and %j overlap', (a, b) => {
    expect(problemsOf(a, b)).toEqual([[1, `images[0] and images[1] ${equally}`]]);
  });

  test.each([
    [{ image: 'x.io/*-a' }, { image: 'x.io/*-b' }],
    [
      { image: 'a', tags: '*-x' },
      { image: 'a', tags: '*-y' },
    ],
    [
      { image: 'a', tags: '>=2.0.0' },
      { image: 'a', tags: '<=1.0.0' },
    ],
    [
      { image: 'a', tags: '1.0' },
      { image: 'a', tags: '1.1' },
    ],
    [
      { image: 'a', tags: '1.0' },
      { image: 'b', tags: '1.0' },
    ],
    [
      { image: 'a', digest: SHA },
      { image: 'a', digest: SHA.replaceAll('aaaa', 'bbbb') },
    ],
  ])('%j and %j do not', (a, b) => {
    expect(problemsOf(a, b)).toEqual([]);
  });

  test.each([
    [
      { image: 'a', tags: '^1.0.0' },
      { image: 'a', tags: '>=0.9.0-rc.1' },
    ],
    [
      { image: '**?', digest: SHA },
      { image: '**?**', digest: SHA },
    ],
  ])('%j is never used beside %j', (shadowed, winner) => {
    const message = 'images[0] is never used: images[1] matches all of its images and takes precedence';
    expect(problemsOf(shadowed, winner)).toEqual([[0, message]]);
  });
});

test('a bound that lets its own prereleases in is pointed out', () => {
  expect(compileImageTable(rows({ image: 'a', tags: '<0.10.0' })).problems).toEqual([
    {
      row: 0,
      severity: 'warning',
      message: 'tags "<0.10.0" also matches the prereleases of 0.10.0; write <0.10.0-0 to leave them out',
    },
  ]);
});

const ROWS = inLongTests(2000, 1000);

test('a large table is made and searched fast', () => {
  const images = Array.from({ length: ROWS }, (_, index): ImageRow => {
    const image = index % 2 === 0 ? `r.io/team-${index}/app` : `r.io/team-${index}/*`;
    return { image, runAsUser: 1 };
  });
  const start = process.cpuUsage();
  const { table, problems } = compileImageTable({ images });
  expect(problems).toEqual([]);
  for (let i = 0; i < 1000; i++) table.find(`r.io/team-${ROWS - 1}/app:1.0.0`);
  expect(cpuTimeMs(start)).toBeLessThan(3000);
});
