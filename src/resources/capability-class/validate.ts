// Holds documents against the schema of capability classes.
import type { CapabilityClassDocument } from '../../grants/spec.ts';
import { meetsSchema } from '../json-schema/visit.ts';
import { CAPABILITY_CLASS_SCHEMA } from './schema.ts';

/** True for a class without problems of form. */
export function isCapabilityClass(value: unknown): value is CapabilityClassDocument {
  return meetsSchema(CAPABILITY_CLASS_SCHEMA, value);
}
