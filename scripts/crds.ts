// Writes the CRDs of IsolationPolicies and CapabilityClasses to charts/sandgate/crds.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLASS_DEFINITION_FILE, publishedClassDefinition } from './published/class.ts';
import { DEFINITION_FILE, publishedDefinition } from './published/policy-definition.ts';

for (const [name, text] of [
  [DEFINITION_FILE, publishedDefinition()],
  [CLASS_DEFINITION_FILE, publishedClassDefinition()],
] as const) {
  const file = join(import.meta.dirname, '..', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
