// values.schema.json: what Helm refuses before it changes anything. The keys and what is said of them come from
// values.yaml, what each may be from value-kinds.ts; neither can have one that the other has not.
import type { SchemaObject } from 'ajv';
import { aliasesIn } from './aliases.ts';
import { type BundleNames, leaves } from './value-kinds.ts';
import type { ChartValue } from './values.ts';

/** Helm hands this group on to every chart that is a part of another. */
const GLOBAL = 'global.';

/** A value as the schema and the docs list it: a group of others, or one that is set as a whole. */
export interface ListedValue extends ChartValue {
  readonly schema: SchemaObject | undefined;
}

/**
 * The values of values.yaml with what each may be.
 * @param bundles the names of the shipped bundles
 * @throws Error where a value has no schema, or a schema no value
 */
export function listValues(values: readonly ChartValue[], bundles: BundleNames): readonly ListedValue[] {
  const schemas = new Map(Object.entries(leaves(bundles)));
  const listed: ListedValue[] = [];
  for (const value of values) {
    if (isInside(value.path, schemas)) continue;
    const schema = schemas.get(value.path);
    const isGroup = values.some((other) => other.path.startsWith(`${value.path}.`));
    if (!schema && !isGroup) throw new Error(`values.yaml: ${value.path} has no schema`);
    listed.push({ ...value, schema });
  }
  for (const path of schemas.keys()) {
    if (!listed.some((value) => value.path === path))
      throw new Error(`values.yaml: there is no ${path}, which has a schema`);
  }
  return listed;
}

function isInside(path: string, schemas: ReadonlyMap<string, SchemaObject>): boolean {
  return [...schemas.keys()].some((whole) => path.startsWith(`${whole}.`));
}

/** The text of values.schema.json. */
export function valuesSchema(values: readonly ListedValue[]): string {
  const root = groupOf(values, '');
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart',
    ...root,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** Every key is required: Helm fills in the defaults first, so one that is missing was set to null. */
function groupOf(values: readonly ListedValue[], prefix: string): SchemaObject & { readonly properties: object } {
  const members = values.filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('.'));
  const keyOf = ({ path }: ListedValue): string => path.slice(prefix.length);
  const properties = members.map((value): [string, SchemaObject] => {
    const schema = value.schema ?? groupOf(values, `${value.path}.`);
    return [keyOf(value), value.comment === '' ? schema : { description: value.comment, ...schema }];
  });
  return {
    type: 'object',
    // Charts that have this one as a part give it whatever else they want their parts to know.
    ...(prefix !== GLOBAL && { additionalProperties: false }),
    required: members.map(keyOf),
    properties: { ...Object.fromEntries(properties), ...aliasesIn(prefix) },
  };
}
