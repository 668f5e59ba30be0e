# What zsh offers behind a line: zsh -f complete.zsh SCRIPT LINE OUTPUT. Completion only runs in a line editor, which only runs on
# a terminal: zsh's own pseudo-terminal is one.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT='' HISTFILE='' ; autoload -Uz compinit && compinit -u -D"
zpty -w shell "source ${(q)1}"
# Whatever would be offered is written to the file instead. What compadd is asked to compute for others still works.
zpty -w shell "compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return; fi
  local -a hits; builtin compadd -O hits \"\$@\"
  (( \$#hits )) && print -rl -- \$hits >> ${(q)3}
}"
zpty -w shell 'offer() { zle complete-word; exit }; zle -N offer; bindkey "^I" offer'
zpty -w -n shell "$2"$'\t'
while zpty -r shell line; do :; done
