// What ships of capability classes beside the classes themselves: their schema for editors, and their CRD.
import { stringify } from 'yaml';
import { classDefinition } from '../../src/resources/capability-class/definition.ts';
import { CAPABILITY_CLASS_SCHEMA } from '../../src/resources/capability-class/schema.ts';

/** Where the schema stands, from the root of the repository and of the package. */
export const CLASS_SCHEMA_FILE = 'policies/schema/capabilityclass.schema.json';

/** The text of {@link CLASS_SCHEMA_FILE}. scripts/schema.ts writes it, and a test proves it fresh. */
export function publishedClassSchema(): string {
  return `${JSON.stringify(CAPABILITY_CLASS_SCHEMA, null, 2)}\n`;
}

/** Where the CRD stands, from the root of the repository. */
export const CLASS_DEFINITION_FILE = 'charts/sandgate/crds/capabilityclasses.yaml';

/** The text of {@link CLASS_DEFINITION_FILE}. scripts/crds.ts writes it, and a test proves it fresh. */
export function publishedClassDefinition(): string {
  const yaml = stringify(classDefinition(), { lineWidth: 0, aliasDuplicateObjects: false });
  return `# Made by \`npm run docs\` from the schema of capability classes: do not edit.\n${yaml}`;
}
