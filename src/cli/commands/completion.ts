// Prints what a shell needs to complete the command line.
import { bundleNames, bundlesDirectory } from '../../resources/bundles.ts';
import type { CommandSpec } from '../command.ts';
import { SHELLS } from '../completion/index.ts';
import { completionsOf } from '../completion/words.ts';
import { EXIT, UsageError } from '../exit.ts';

const NAMES = Object.keys(SHELLS);

export const completion: CommandSpec = {
  name: 'completion',
  summary: 'print a completion script for a shell',
  description: `Prints a script that completes commands, options and the names of shipped bundles: for bash, zsh or fish. It is
made from the definitions of the commands, so print it again after an update.`,
  argument: { name: '<shell>', description: NAMES.join(', '), choices: NAMES },
  examples: [
    { does: 'For bash', line: 'sandgate completion bash > ~/.local/share/bash-completion/completions/sandgate' },
    { does: 'For zsh, in a folder of fpath', line: 'sandgate completion zsh > ~/.zfunc/_sandgate' },
    { does: 'For fish', line: 'sandgate completion fish > ~/.config/fish/completions/sandgate.fish' },
  ],
  options: [],
  async run({ args: [shell = ''] }, io, commands) {
    const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (!script)
      throw new UsageError(`no completion for ${JSON.stringify(shell)} (expected one of ${NAMES.join(', ')})`);
    io.stdout.write(script(completionsOf(commands, bundleNames(bundlesDirectory()))));
    return EXIT.ok;
  },
};
