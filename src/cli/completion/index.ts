// Every shell that can complete the command line, with what makes its script.
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { Completions } from './words.ts';
import { zshScript } from './zsh.ts';

export const SHELLS: Readonly<Record<string, (completions: Completions) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
