// The rules of RBAC about our own kinds, in templates of the chart and in the docs: which resources they name.
import { OWN_KINDS } from '../../src/resources/index.ts';

const GROUPS = [...new Set(OWN_KINDS.map(({ group }) => group))];
const RULE = new RegExp(
  `^( *- apiGroups: \\[(?:${GROUPS.join('|').replaceAll('.', '\\.')})\\]\\n *resources: )\\[([^\\]\\n]*)\\]$`,
  'gm',
);

/**
 * A text with every of our own kinds in each rule about their group: their status where the rule is about that.
 * @throws Error where there is no such rule
 */
export function withOwnResources(template: string): string {
  if (template.search(RULE) === -1) throw new Error(`expected a rule of RBAC about ${GROUPS.join(', ')}`);
  return template.replaceAll(RULE, (_, head: string, former: string) => {
    const subresource = /^[^,]*(\/[a-z]+)/.exec(former)?.[1] ?? '';
    return `${head}[${OWN_KINDS.map(({ plural }) => plural + subresource).join(', ')}]`;
  });
}
