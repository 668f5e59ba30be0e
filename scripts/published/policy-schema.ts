// The policy schema as the file that ships.
import { ISOLATION_POLICY_SCHEMA } from '../../src/resources/isolation-policy/schema.ts';

/** Where the schema stands, from the root of the repository and of the package. */
export const SCHEMA_FILE = 'policies/schema/isolationpolicy.schema.json';

/** The text of {@link SCHEMA_FILE}. scripts/schema.ts writes it, and a test proves it fresh. */
export function publishedSchema(): string {
  return `${JSON.stringify(ISOLATION_POLICY_SCHEMA, null, 2)}\n`;
}
