// All rows, by library.
import { LANGUAGE } from './language.ts';
import { ADDRESSES, FORMATS, OPTIONALS, QUANTITIES, REGEX, SEMVERS, TIMES } from './libraries.ts';
import { LISTS } from './lists.ts';
import { PODS } from './pods.ts';
import type { Rows } from './row.ts';
import { STRINGS } from './strings.ts';

export const TABLE: Readonly<Record<string, Rows>> = {
  language: LANGUAGE,
  pods: PODS,
  strings: STRINGS,
  regex: REGEX,
  lists: LISTS,
  optionals: OPTIONALS,
  times: TIMES,
  quantities: QUANTITIES,
  addresses: ADDRESSES,
  formats: FORMATS,
  semvers: SEMVERS,
};
