// The options of `sandgate serve`, for the chart to compare extraArgs with: a wrong one would end every pod as soon as it starts.
import type { Option } from 'commander';
import { serve } from '../../src/cli/commands/serve.ts';

const HEAD = '{{- /* Made by `npm run docs` from the options of sandgate serve: do not edit. */}}\n';

/** The text of templates/_options.tpl: each option by its long name, and whether it takes a value. */
export function optionsTemplate(): string {
  const rows = serve.options.map((option) => `"${longName(option)}": ${takesValue(option) ? 'value' : 'flag'}\n`);
  return `${HEAD}{{- define "sandgate.serveOptions" -}}\n${rows.toSorted().join('')}{{- end }}\n`;
}

function longName({ long, flags }: Option): string {
  if (long) return long;
  throw new Error(`${flags}: an option without a long name`);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}
