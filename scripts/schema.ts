// Writes the JSON Schemas of policies and capability classes, for editors, to policies/schema.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLASS_SCHEMA_FILE, publishedClassSchema } from './published/class.ts';
import { publishedSchema, SCHEMA_FILE } from './published/policy-schema.ts';

for (const [name, text] of [
  [SCHEMA_FILE, publishedSchema()],
  [CLASS_SCHEMA_FILE, publishedClassSchema()],
] as const) {
  const file = join(import.meta.dirname, '..', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
