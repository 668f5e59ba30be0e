// The rules of RBAC about our own kinds, in templates of the chart and in the docs: which resources they name.
import { OWN_KINDS } from '../../src/resources/index.ts';

const GROUPS = [...new Set(OWN_KINDS.map(({ group }) => group))];
const RULE = new RegExp(
  `^( *- apiGroups: \\[(?:${GROUPS.join('|').replaceAll('.', '\\.')})\\]\\n *resources: )\\[([^\\]\\n]*)\\]$`,
  'gm',
);

/**
 * A text with our own kinds in each rule about their group: their status where the rule is about that. A rule that names one kind is
 * about that alone, one that names kinds of one scope about all of that scope, and any other about all kinds.
 * @throws Error where there is no such rule
 */
export function withOwnResources(template: string): string {
  if (template.search(RULE) === -1) throw new Error(`expected a rule of RBAC about ${GROUPS.join(', ')}`);
  return template.replaceAll(RULE, (_, head: string, former: string) => {
    const subresource = /^[^,]*(\/[a-z]+)/.exec(former)?.[1] ?? '';
    const named = former.split(', ').map((name) => name.replace(/\/.*/, ''));
    if (named.length === 1) return `${head}[${former}]`;
    const scopes = new Set(OWN_KINDS.filter(({ plural }) => named.includes(plural)).map(({ scope }) => scope));
    const kinds = OWN_KINDS.filter(({ scope }) => scopes.has(scope));
    return `${head}[${kinds.map(({ plural }) => plural + subresource).join(', ')}]`;
  });
}
