// Writes the JSON Schema of policies, for editors: policies/schema/isolationpolicy.schema.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publishedSchema, SCHEMA_FILE } from '../src/policy/published-schema.ts';

const file = join(import.meta.dirname, '..', SCHEMA_FILE);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, publishedSchema());
