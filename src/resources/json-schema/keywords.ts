// The keywords of JSON Schema that our own schemas use, as draft 2020-12 has them:
// https://json-schema.org/draft/2020-12/json-schema-core and json-schema-validation.
import { CHOICES } from './choices.ts';
import { CONTENTS } from './contents.ts';
import type { Keyword } from './keyword.ts';
import { PLAIN, SIZES } from './plain.ts';

/** By name, in the order in which they are asked, so that errors come in the same order whatever a schema lists first. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries({ ...PLAIN, ...CHOICES, ...SIZES, ...CONTENTS }),
);
