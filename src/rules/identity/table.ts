// The identity table as a policy uses it: with its default user, or without.
import { compileImageTable, type ImageTable } from '../../images/image-table.ts';
import type { IdentityParameters } from './parameters.ts';

/** What to do about images without a row: what the policy says, or what it implies. */
export function unknownImageMode(identity: IdentityParameters): 'Ignore' | 'Warn' | 'Deny' {
  if (identity.unknownImage !== undefined) return identity.unknownImage;
  // With rows and no default user it relies on the rows.
  return identity.images !== undefined && identity.runAsUser === undefined ? 'Deny' : 'Ignore';
}

/** Three checks and fill-ins of a policy ask for its table. */
const tables = new WeakMap<IdentityParameters, ImageTable>();

/** The table, in which images without a row have the policy's default user only where they are not refused. */
export function identityTable(identity: IdentityParameters): ImageTable {
  const table = tables.get(identity) ?? makeTable(identity);
  tables.set(identity, table);
  return table;
}

function makeTable(identity: IdentityParameters): ImageTable {
  if (unknownImageMode(identity) !== 'Deny') return compileImageTable(identity).table;
  const { runAsUser: _, ...rows } = identity;
  return compileImageTable(rows).table;
}
