// A process of log-stream.test.ts: logs as many lines as it is told to in one go, says so, and logs one more when told to end.
import { createLog } from '../../src/observe/log.ts';

const log = createLog('info');
const lines = Number(process.argv[2]);
for (let line = 0; line < lines; line++) log.info({ line, text: 'x'.repeat(400) }, 'talk');
process.send?.('said');
process.on('message', () => {
  log.info('the end');
  process.disconnect();
});
