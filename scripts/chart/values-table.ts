// The table of values in docs/install.md.
import { isJsonObject, ownField } from '../../src/model/json.ts';
import type { ListedValue } from './values-schema.ts';

const BEGIN = '<!-- The table is made by `npm run docs` from charts/sandgate/values.yaml: do not edit. -->\n';
const END = '<!-- End of the table. -->\n';

/**
 * A page with the table between its two marks renewed.
 * @throws Error where a mark is missing
 */
export function withValuesTable(page: string, values: readonly ListedValue[]): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`docs/install.md: expected the lines ${BEGIN}and ${END}`);
  return page.slice(0, begin + BEGIN.length) + table(values) + page.slice(end);
}

function table(values: readonly ListedValue[]): string {
  const rows = values
    .filter((value) => value.schema !== undefined || value.comment !== '')
    .map((value) => `| \`${value.path}\` | ${fallbackOf(value)} | ${value.comment.replaceAll('|', '\\|')} |`);
  return `\n| value | default | what it is |\n| --- | --- | --- |\n${rows.join('\n')}\n\n`;
}

/** Groups have none of their own; of a list of documents the names are enough. */
function fallbackOf({ schema, fallback }: ListedValue): string {
  if (schema === undefined) return '';
  const shown = Array.isArray(fallback) ? fallback.map(nameOf) : fallback;
  return `\`${JSON.stringify(shown)}\``;
}

function nameOf(value: unknown): unknown {
  return isJsonObject(value) ? ownField(ownField(value, 'metadata'), 'name') : value;
}
