import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { heapProblem } from '../../src/cli/heap.ts';
import { program } from '../support/programs.ts';

const MB = 1024 * 1024;

test.each([
  [256, []],
  [4096, ['--max-old-space-size=3904']],
  [88, ['--max-old-space-size=64', '--max-semi-space-size=8']],
  [88, ['--max-old-space-size-percentage=50 --max_semi_space_size=8']],
])('a server may start with a heap of %i MB and the settings %j', (limit, flags) => {
  expect(heapProblem(limit * MB, flags)).toBeUndefined();
});

test.each([['--max-old-space-size=128'], ['--max_old_space_size=128'], ['--max-old-space-size-percentage=1']])(
  'a server does not start with %s alone, and says what to set beside it',
  async (flag) => {
    const args = [flag, await program('sandgate'), 'serve', '-p', 'restricted', '--dev-cert', '--port', '0'];
    const failed = {
      code: 2,
      stderr: expect.stringContaining('expected --max-semi-space-size=8 beside it') as unknown,
    };
    await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject(failed);
  },
);
