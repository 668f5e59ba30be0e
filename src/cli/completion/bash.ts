// The script for bash, of any version since 3.2, which macOS has.
import { type CompletedCommand, type CompletedOption, type Completions, GLOBAL_OPTIONS } from './words.ts';

/** The script: `source <(sandgate completion bash)`. */
export function bashScript({ commands, bundles }: Completions): string {
  return `# Completion of sandgate for bash: source <(sandgate completion bash)

_sandgate_complete() { # WORDS FILES
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
  [[ -n $2 ]] || return 0
  compopt -o filenames 2>/dev/null
  IFS=$'\\n'
  COMPREPLY+=($(compgen -f -- "$cur"))
}

_sandgate() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command='' option='' count=0 i word
  # bash takes FORMAT=FILE apart.
  if [[ $cur == = || ( $COMP_CWORD -gt 1 && \${COMP_WORDS[COMP_CWORD - 1]} == = ) ]]; then
    [[ $cur == = ]] && cur=''
    _sandgate_complete '' files
    return
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -z $command ]]; then
      [[ $word == -* ]] || command=$word
    elif [[ $word == -?* ]]; then
      option=$word count=0
    else
      count=$((count + 1))
    fi
  done
  local words='' files='' many='' value=''
  case $command:$option in
${commands.flatMap((command) => command.options.flatMap((option) => optionCase(command, option, bundles))).join('\n')}
  esac
  if [[ -n $value && $cur != -* && ( $count -eq 0 || -n $many ) ]]; then
    _sandgate_complete "$words" "$files"
    return
  fi
  words='' files=''
  case $command in
    '') words='${[...commands.map(({ name }) => name), ...namesOf(GLOBAL_OPTIONS)].join(' ')}' ;;
${commands.map(commandCase).join('\n')}
  esac
  _sandgate_complete "$words" "$files"
}

complete -F _sandgate sandgate
`;
}

function optionCase({ name }: CompletedCommand, option: CompletedOption, bundles: readonly string[]): string[] {
  const { short, long, value, many } = option;
  if (value === undefined) return [];
  const patterns = [short, long].filter((flag) => flag !== undefined).map((flag) => `${name}:${flag}`);
  const words = value === 'policies' ? bundles : option.words;
  const parts = [
    'value=1',
    words.length > 0 ? `words='${words.join(' ')}'` : '',
    value === 'files' || value === 'policies' ? 'files=1' : '',
    many ? 'many=1' : '',
  ];
  return [`    ${patterns.join(' | ')}) ${parts.filter((part) => part !== '').join(' ')} ;;`];
}

function commandCase({ name, argument, argumentWords, options }: CompletedCommand): string {
  const words = [...argumentWords, ...namesOf(options)].join(' ');
  return `    ${name}) words='${words}'${argument === 'files' ? ' files=1' : ''} ;;`;
}

function namesOf(options: readonly CompletedOption[]): readonly string[] {
  return options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
}
