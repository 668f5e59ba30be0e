// The schema by which templates are told from what is none. It is compiled without being held against its meta-schema.
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { POD_TEMPLATE_SCHEMA } from '../../src/kubernetes/pod-shape.ts';

test('the schema is one, by the rules of its own draft', () => {
  const ajv = new Ajv();
  expect(ajv.validateSchema(POD_TEMPLATE_SCHEMA), ajv.errorsText()).toBe(true);
});
