// docs/granted-pods.md: what a pod looks like that was granted something, in every form there is.
import type { Form } from './forms.ts';

const HEAD = `<!-- Made by \`test/cluster/grants/forms.test.ts\` from what a real API server stored: do not edit. To renew it:
UPDATE_GOLDEN=1 npm run test:cluster -- grants/forms -->

# Pods that were granted something

Each of these was created in a namespace at the Restricted level, and stored as its class says, to the last field; created from
the output of \`sandgate inject\`, it was stored just the same. The policy beside them fills in \`harden: restricted\` and user 1000.
`;

export interface Shown {
  readonly form: Form;
  /** What `sandgate inject -o diff` prints. */
  readonly diff: string;
}

/** The page: one pod whole, and of every form what was added. */
export function renderForms(stored: string, shown: readonly Shown[]): string {
  const parts = shown.map(({ form: { className, implementation, by }, diff }) => {
    const title = `Class ${className}, form ${implementation}`;
    return `\n## ${title}\n\nChosen by ${by}.\n\n\`\`\`diff\n${diff}\`\`\`\n`;
  });
  const whole = `\n## As it is stored\n\nClass docker, form rootless: \`kubectl get pod mine -o yaml\`.\n\n\`\`\`yaml\n${stored}\`\`\`\n`;
  return `${HEAD}${whole}${parts.join('')}`;
}

/** Without what is another each time. */
export function withoutChance(yaml: string): string {
  return yaml
    .replaceAll(/\btest-[0-9a-f]{8}\b/g, 'agents')
    .replaceAll(/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-xxxxx')
    .replaceAll(/^( {2}creationTimestamp: ).*$/gm, '$1"2026-11-22T12:00:00Z"')
    .replaceAll(/^( {2}resourceVersion: ).*$/gm, '$1"1"')
    .replaceAll(/^( {2}uid: ).*$/gm, '$100000000-0000-0000-0000-000000000000');
}
