// The reference page of each of our own kinds: docs/policy.md, docs/capability-classes.md.
import { OWN_KINDS } from '../src/resources/index.ts';
import type { OwnKind } from '../src/resources/kind.ts';
import { classPage } from './class-docs.ts';
import { schemaRows } from './schema-rows.ts';

/** Pages that say more than the keys. */
const PAGES: Readonly<Record<string, () => string>> = { CapabilityClass: classPage };

/** Pages that are not named after the plural of their kind. */
const FILES: Readonly<Record<string, string>> = { IsolationPolicy: 'policy.md' };

/** Every page, by its file name inside docs/. */
export function kindPages(): ReadonlyMap<string, string> {
  return new Map(
    OWN_KINDS.map((own) => [
      FILES[own.kind] ?? `${own.title.replaceAll(' ', '-')}.md`,
      PAGES[own.kind]?.() ?? keysPage(own),
    ]),
  );
}

function keysPage({ kind, schema }: OwnKind): string {
  return `
# ${kind}, key by key

Keys that are not listed are refused. \`*\` stands for any key of a map.

| key | type | meaning |
| --- | --- | --- |
${schemaRows('', schema).join('\n')}
`;
}
