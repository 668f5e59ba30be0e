// ajv, which knows all of JSON Schema: what we say of a document is held against what it says.
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Refuses a schema with a keyword that it does not know, or that has no effect. */
export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  ajv.addKeyword({ keyword: 'errorMessage', schemaType: 'string' });
  return ajv;
}
