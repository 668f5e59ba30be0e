// Writes the CRD of each of our own kinds to charts/sandgate/crds. `npm run docs`; a test proves them fresh.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { OWN_KINDS } from '../src/resources/index.ts';
import { definitionOf } from './crd/custom-resource.ts';

/** The text of every CRD, by its path from the root of the repository. */
export function renderDefinitions(): ReadonlyMap<string, string> {
  return new Map(
    OWN_KINDS.map((kind) => {
      const yaml = stringify(definitionOf(kind), { lineWidth: 0, aliasDuplicateObjects: false });
      return [
        `charts/sandgate/crds/${kind.plural}.yaml`,
        `# Made by \`npm run docs\` from the schema of ${kind.title}: do not edit.\n${yaml}`,
      ];
    }),
  );
}

if (import.meta.main) {
  for (const [name, text] of renderDefinitions()) {
    const file = join(import.meta.dirname, '..', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
