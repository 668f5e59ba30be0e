// Writes the JSON Schema of each of our own kinds, for editors, to policies/schema. `npm run docs`; a test proves them fresh.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OWN_KINDS } from '../src/resources/index.ts';

/** The text of every schema, by its path from the root of the repository and of the package. */
export function renderSchemas(): ReadonlyMap<string, string> {
  return new Map(
    OWN_KINDS.map(({ singular, schema }) => [
      `policies/schema/${singular}.schema.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  );
}

if (import.meta.main) {
  for (const [name, text] of renderSchemas()) {
    const file = join(import.meta.dirname, '..', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
