// The CRD of IsolationPolicies as the file that ships in the chart.
import { stringify } from 'yaml';
import { policyDefinition } from '../../src/resources/isolation-policy/definition.ts';

/** Where it stands, from the root of the repository. */
export const DEFINITION_FILE = 'charts/sandgate/crds/isolationpolicies.yaml';

/** The text of {@link DEFINITION_FILE}. scripts/crds.ts writes it, and a test proves it fresh. */
export function publishedDefinition(): string {
  const yaml = stringify(policyDefinition(), { lineWidth: 0, aliasDuplicateObjects: false });
  return `# Made by \`npm run docs\` from the schema of policies: do not edit.\n${yaml}`;
}
