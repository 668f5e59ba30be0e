// The script that divides the pod's ids: run by a real shell, over maps of every length that matters.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../cli/console.ts';
import { asObject, type Bundle, implementationsOf, objectsIn } from './shipped.ts';

function scriptOf(bundle: Bundle): string {
  const rootless = implementationsOf(bundle).find(({ name }) => name === 'rootless');
  const init = objectsIn(asObject(asObject(rootless?.template).spec).initContainers)[0];
  expect(init?.command).toEqual(['/bin/sh', '-c']);
  return String([init?.args].flat()[0]);
}

/** As the kernel prints it. */
function mapOf(length: number): string {
  return `         0     524288 ${String(length).padStart(10)}\n`;
}

/** What is written for user ids of this many, and group ids of that many. */
function written(script: string, uids: number, gids: number): { readonly subuid: string; readonly subgid: string } {
  const folder = folderWith({ uid_map: mapOf(uids), gid_map: mapOf(gids), 'subid/README': '' });
  const here = script.replaceAll('/proc/self/', `${folder}/`).replaceAll('/subid/', `${folder}/subid/`);
  execFileSync('/bin/sh', ['-c', here]);
  const read = (name: string): string => readFileSync(join(folder, 'subid', name), 'utf8');
  return { subuid: read('subuid'), subgid: read('subgid') };
}

/** The ids of k8s-runner: `rootless:1:min(999,L-1)`, and from 1001 to the last where there are that many. */
function expected(length: number): string {
  const lines = [];
  if (length - 1 >= 1) lines.push(`rootless:1:${Math.min(999, length - 1)}`);
  if (length - 1 >= 1001) lines.push(`rootless:1001:${length - 1 - 1001 + 1}`);
  return lines.map((line) => `${line}\n`).join('');
}

describe.each(['docker', 'docker-k8s-runner'] as const)('the subid script of %s', (bundle) => {
  const script = scriptOf(bundle);

  test.each([1, 2, 999, 1000, 1001, 1002, 1003, 65_536, 4_294_967_295])(
    'a range of %i ids is written down',
    (length) => {
      expect(written(script, length, length)).toEqual({ subuid: expected(length), subgid: expected(length) });
    },
  );

  test('users and groups are counted apart', () => {
    expect(written(script, 65_536, 1000)).toEqual({ subuid: expected(65_536), subgid: expected(1000) });
  });

  test('what it cannot read it does not guess', () => {
    expect(() =>
      execFileSync('/bin/sh', ['-c', script.replaceAll('/proc/self/', '/nowhere/')], { stdio: 'pipe' }),
    ).toThrow(/nowhere/);
  });
});
