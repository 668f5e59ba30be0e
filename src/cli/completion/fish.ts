// The script for fish.
import { type CompletedCommand, type CompletedOption, type Completions, GLOBAL_OPTIONS } from './words.ts';

/** The script: `sandgate completion fish | source`, or a file sandgate.fish in ~/.config/fish/completions. */
export function fishScript({ commands, bundles }: Completions): string {
  const before = '__fish_use_subcommand';
  const lines = [
    ...GLOBAL_OPTIONS.map((option) => optionLine(before, option, bundles)),
    ...commands.map(({ name, description }) => line(before, `-a ${name} -d ${quoted(description)}`)),
    ...commands.flatMap((command) => commandLines(command, bundles)),
  ];
  return `# Completion of sandgate for fish: sandgate completion fish | source

complete -c sandgate -f
${lines.join('\n')}
`;
}

function commandLines(
  { name, argument, argumentWords, options }: CompletedCommand,
  bundles: readonly string[],
): string[] {
  const condition = `__fish_seen_subcommand_from ${name}`;
  const lines = options.map((option) => optionLine(condition, option, bundles));
  if (argument === 'words') lines.push(line(condition, `-a ${quoted(argumentWords.join(' '))}`));
  // fish knows of one value for each option: the others of `-f a b` are arguments to it.
  else if (argument === 'files' || options.some(({ many, value }) => many && value !== 'text'))
    lines.push(line(condition, '-F'));
  return lines;
}

function optionLine(
  condition: string,
  { short, long, description, value, words }: CompletedOption,
  bundles: readonly string[],
): string {
  const names = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.slice(2)}`];
  const offered = value === 'policies' ? bundles : words;
  const parts = [
    ...names,
    ...(value === 'files' || value === 'policies' ? ['-r -F'] : []),
    ...(value === 'words' || value === 'text' ? ['-x'] : []),
    ...(offered.length > 0 ? [`-a ${quoted(offered.join(' '))}`] : []),
    `-d ${quoted(description)}`,
  ];
  return line(condition, parts.join(' '));
}

function line(condition: string, rest: string): string {
  return `complete -c sandgate -n '${condition}' ${rest}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`;
}
