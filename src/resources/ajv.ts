// How our own schemas are compiled.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** A compiler for the schemas of documents. Each keeps what it compiled. */
export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    // Each schema is asked a few times at most: compiling it is what takes time.
    code: { optimize: false },
    // A test holds our schemas against the meta-schema; doing it at every start would take most of the time of starting.
    meta: false,
    validateSchema: false,
  });
  ajv.addKeyword({ keyword: 'errorMessage', schemaType: 'string' });
  return ajv;
}

/** Compiled at the first use: most documents have no such section. */
export function whenNeeded<T>(compile: () => ValidateFunction<T>): Accepts<T> {
  let accepts: ValidateFunction<T> | undefined;
  const decide = (value: unknown): value is T => {
    accepts ??= compile();
    return accepts(value);
  };
  return Object.assign(decide, { errors: () => accepts?.errors ?? [] });
}

/** True for a value without problems; `errors` has those of the last one it was asked about. */
export interface Accepts<T> {
  (value: unknown): value is T;
  errors(): NonNullable<ValidateFunction['errors']>;
}
