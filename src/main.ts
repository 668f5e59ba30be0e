// The program: the command line on the real process.
import { EXIT } from './cli/exit.ts';
import { processIo } from './cli/io.ts';
import { run } from './cli/run.ts';

process.on('uncaughtException', (error) => {
  process.stderr.write(`sandgate: ${error.message} (this is a bug in sandgate)\n${error.stack}\n`);
  process.exit(EXIT.fault);
});
process.exitCode = await run(process.argv.slice(2), processIo());
