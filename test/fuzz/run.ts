// `npm run fuzz -- --cases N --seed S`: as long as one likes. Exits with 1 where an answer was wrong.
import { parseArgs } from 'node:util';
import { describeResult, fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '50000' }, seed: { type: 'string' }, lanes: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const cases = Number(values.cases);
if (!Number.isInteger(seed) || !Number.isInteger(cases) || cases < 1) {
  console.error('usage: npm run fuzz -- [--cases N] [--seed S] [--lanes L]');
  process.exit(2);
}
console.log(`fuzzing with seed ${seed}`);
const result = await fuzz({
  cases,
  seed,
  ...(values.lanes !== undefined && { lanes: Number(values.lanes) }),
  onProgress: (done, heap) => console.log(`${done} of ${cases} cases; ${(heap / 1e6).toFixed(1)} MB`),
});
console.log(describeResult(result));
for (const error of result.thrown) console.error('thrown past the server:', error);
process.exitCode = result.failure || result.thrown.length > 0 ? 1 : 0;
