// The script for zsh, by its own completion system.
import { type CompletedCommand, type CompletedOption, type Completions, GLOBAL_OPTIONS } from './words.ts';

/** The script: a file `_sandgate` in a folder of `fpath`, or `source <(sandgate completion zsh)` after compinit. */
export function zshScript({ commands, bundles }: Completions): string {
  const described = commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`);
  return `#compdef sandgate
# Completion of sandgate for zsh: source <(sandgate completion zsh), or a file _sandgate in a folder of fpath

_sandgate_policies() {
  _alternative 'bundles:bundle:(${bundles.join(' ')})' 'files:file:_files'
}

_sandgate() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
${described.join('\n')}
  )
  _arguments -C \\
${GLOBAL_OPTIONS.map((option) => `    ${optionSpec(option)} \\`).join('\n')}
    '1:command:->command' \\
    '*::argument:->argument' && return
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _sandgate "$@"
else
  compdef _sandgate sandgate
fi
`;
}

function commandCase({ name, argument, argumentWords, options }: CompletedCommand): string {
  const rest =
    argument === undefined
      ? []
      : [`'*:argument:${argumentWords.length > 0 ? `(${argumentWords.join(' ')})` : '_files'}'`];
  const specs = [...options.map(optionSpec), ...rest].map((spec) => ` \\\n            ${spec}`);
  return `        ${name})\n          _arguments${specs.join('')}\n          ;;`;
}

/** As _arguments takes it: `'*'{-p,--policies}'[what it is]:*-*:value:_files'`. */
function optionSpec(option: CompletedOption): string {
  const { short, long, description, many } = option;
  const names = short === undefined ? `'${long}` : `{${short},${long}}'`;
  const alone = short === undefined ? '' : `'(${short} ${long})'`;
  // `-o` and options with many values can be given several times.
  const before = many || long === '--output' ? "'*'" : alone;
  const text = escaped(description.replaceAll(/[[\]:\\]/g, (character) => `\\${character}`));
  return `${before}${names}[${text}]${valueSpec(option)}'`;
}

function valueSpec({ value, words, many }: CompletedOption): string {
  const colon = many ? ':*-*:' : ':';
  switch (value) {
    case undefined:
      return '';
    case 'words':
      return `${colon}value:(${words.join(' ')})`;
    case 'files':
      return `${colon}file:_files`;
    case 'policies':
      return `${colon}policies:_sandgate_policies`;
    case 'text':
      return `${colon}value: `;
  }
}

function quoted(text: string): string {
  return `'${escaped(text)}'`;
}

/** For a text between single quotes. */
function escaped(text: string): string {
  return text.replaceAll("'", "'\\''");
}
