#!/usr/bin/env bash
# Runs sandgate from the bundle of this folder, with the arguments that are given: for the GitHub action and for pre-commit,
# which check this repository out and install nothing. Where there is no bundle yet, it is made first: that needs npm.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
if [[ ! -f $root/dist/sandgate.js ]]; then
  # Standard output is for results.
  (cd "$root" && npm ci --no-audit --no-fund && npm run build) >&2
fi
exec node "$root/bin/sandgate.js" "$@"
