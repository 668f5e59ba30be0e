#!/usr/bin/env bash
# What action.yml runs. Inputs come as variables, so that no text of a workflow becomes a command; those with several values
# have one a line.
set -euo pipefail
arguments=()
# add OPTION VALUES: the option before each line that is not empty.
add() {
  local line
  while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    [[ -z $line ]] || arguments+=(${1:+"$1"} "$line")
  done <<< "$2"
}
add -p "${SANDGATE_POLICIES:-}"
add -f "${SANDGATE_FILES:-}"
add --context "${SANDGATE_CONTEXT:-}"
add --ignore "${SANDGATE_IGNORE:-}"
add --namespace-labels "${SANDGATE_NAMESPACE_LABELS:-}"
add '' "${SANDGATE_ARGUMENTS:-}"
if [[ ${SANDGATE_STRICT:-true} == true ]]; then arguments+=(--strict); else arguments+=(--no-strict); fi
arguments+=(-o github)
[[ -z ${SANDGATE_SARIF:-} ]] || arguments+=(-o "sarif=$SANDGATE_SARIF")
[[ -z ${SANDGATE_JUNIT:-} ]] || arguments+=(-o "junit=$SANDGATE_JUNIT")
code=0
"$(dirname "${BASH_SOURCE[0]}")/from-bundle.sh" check "${arguments[@]}" || code=$?
[[ -z ${GITHUB_OUTPUT:-} ]] || echo "exit-code=$code" >> "$GITHUB_OUTPUT"
exit "$code"
