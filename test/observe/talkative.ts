// A process of log-stream.test.ts: logs as many lines as it is told to in one go, the middle one as long as it is told to,
// says so, and logs one more when told to end.
import { createLog } from '../../src/observe/log.ts';

const log = createLog('info');
const lines = Number(process.argv[2]);
const longest = Number(process.argv[3] ?? 400);
for (let line = 0; line < lines; line++) {
  const text = line === Math.floor(lines / 2) ? 'é'.repeat(longest) : 'x'.repeat(400);
  log.info({ line, text }, 'talk');
}
process.send?.('said');
process.on('message', () => {
  log.info('the end');
  process.disconnect();
});
