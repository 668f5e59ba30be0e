// The reference page of the command line, docs/commands.md: what `--help` prints, command by command.

import type { CommandSpec } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands/index.ts';
import { EXIT_CODES } from '../src/cli/exit.ts';

/** The page without the line that says it is generated. */
export function commandsPage(): string {
  const codes = EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return `
# Commands

What \`sandgate COMMAND --help\` prints. Every command exits with one of these codes:

| code | meaning |
| --- | --- |
${codes.join('\n')}

${COMMANDS.map(commandSection).join('\n')}`;
}

function commandSection({ name, description, argument, options, examples }: CommandSpec): string {
  const rows = options.map((option) => {
    const choices = option.argChoices ? ` One of ${option.argChoices.join(', ')}.` : '';
    const fallback =
      option.defaultValue === undefined || option.negate ? '' : ` Default: ${String(option.defaultValue)}.`;
    const variable = option.envVar === undefined ? '' : ` Also from the variable \`${option.envVar}\`.`;
    return `| \`${option.flags}\` | ${escaped(option.description)}.${choices}${fallback}${variable} |`;
  });
  const table = rows.length === 0 ? '' : `\n| option | meaning |\n| --- | --- |\n${rows.join('\n')}\n`;
  const takes = argument ? `\nIt takes \`${argument.name}\`: ${argument.description}.\n` : '';
  const lines = examples.map(({ does, line }) => `# ${does}\n${line}`);
  return `## ${name}

${description}
${takes}${table}
\`\`\`sh
${lines.join('\n')}
\`\`\`
`;
}

/** Text for a cell of a table. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
