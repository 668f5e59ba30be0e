// Serves the playground to a browser on this machine.
import { InvalidArgumentError, Option } from 'commander';
import type { CommandSpec } from '../command.ts';
import { EXIT } from '../exit.ts';
import { say } from '../io.ts';
import { playgroundFiles } from '../playground/files.ts';
import { servePlayground } from '../playground/server.ts';

/** Fixed, so that a link from the address bar still works the next time. */
const PORT = 8450;
const LARGEST_PORT = 65_535;

export const playground: CommandSpec = {
  name: 'playground',
  summary: 'try policies in a browser',
  description: `Serves the playground on this machine, and prints its address: a page that judges manifests by policies while you
type, and sends nothing anywhere. Only programs on this machine can reach it. It is served until the command is ended,
with Ctrl-C.`,
  examples: [
    { does: 'Open what it prints in a browser', line: 'sandgate playground' },
    { does: 'On any free port', line: 'sandgate playground --port 0' },
  ],
  options: [
    new Option('--port <number>', 'the port to listen on; 0 for any free port').argParser(portOf).default(PORT),
  ],
  async run(given, io) {
    const files = await playgroundFiles();
    const served = await servePlayground(files, Number(given.options.port));
    io.stdout.write(`${served.url}\n`);
    say(io, 'serving the playground; Ctrl-C ends it');
    await ended(io.signal);
    await served.close();
    return EXIT.ok;
  },
};

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= LARGEST_PORT) return port;
  throw new InvalidArgumentError(`(expected a number from 0 to ${LARGEST_PORT})`);
}

/** At the signal, where there is one; else the end of the process ends it. */
function ended(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
