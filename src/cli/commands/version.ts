// Says which version this is, and of which standard.
import { Option } from 'commander';
import { VERSION } from '../../model/version.ts';
import { NEWEST_MINOR } from '../../pod-security/standard.ts';
import { type CommandSpec, textOption } from '../command.ts';
import { EXIT } from '../exit.ts';

export const version: CommandSpec = {
  name: 'version',
  summary: 'print versions',
  description:
    'Prints the versions of sandgate and of Node, and the versions of the Pod Security Standards that it knows.',
  examples: [
    { does: 'Print one line of text', line: 'sandgate version' },
    { does: 'Print JSON', line: 'sandgate version -o json' },
  ],
  options: [new Option('-o, --output <format>', 'the output format').choices(['text', 'json']).default('text')],
  async run(given, io) {
    const standard = { oldest: '1.0', newest: `1.${NEWEST_MINOR}` };
    const known = { sandgate: VERSION, node: process.version, podSecurityStandards: standard };
    const { oldest, newest } = standard;
    io.stdout.write(
      textOption(given, 'output') === 'json'
        ? `${JSON.stringify(known, null, 2)}\n`
        : `sandgate ${VERSION} (node ${process.version}, Pod Security Standards ${oldest} to ${newest})\n`,
    );
    return EXIT.ok;
  },
};
