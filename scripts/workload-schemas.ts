// Reads the CustomResourceDefinitions of another project, and prints what they say of the places that our rows name: the proof of
// the rows, for test/workloads/schemas. After a new release of the project:
//
//   node scripts/workload-schemas.ts 'SOURCE' CRD.yaml... > test/workloads/schemas/PROJECT.json
//
// SOURCE says where the files are from: the repository, its version, and the folder. Nothing of the definitions themselves is kept.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { tokensOf } from '../src/kubernetes/field-path.ts';
import { fieldsOf, isTypeName, type TypeName } from '../src/kubernetes/field-type.ts';
import { isJsonObject, ownField, stringField } from '../src/model/json.ts';
import { ALL_WORKLOADS } from '../src/workloads/index.ts';
import { qualifiedKind } from '../src/workloads/workload.ts';
import { expectedPlaces } from './workload-places.ts';

/** What definitions say of one kind. */
interface KindFacts {
  plural: string;
  scope: string;
  readonly versions: string[];
  /** By JSON pointer, what may stand there. */
  readonly places: Record<string, string>;
}

const [source = '', ...files] = process.argv.slice(2);
const kinds: Record<string, KindFacts> = {};
for (const file of files) {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8').replaceAll(/^\{\{.*\}\}$/gm, ''))) {
    const definition: unknown = document.toJS({ maxAliasCount: -1 });
    if (stringField(definition, 'kind') === 'CustomResourceDefinition') addFacts(ownField(definition, 'spec'));
  }
}
process.stdout.write(`${JSON.stringify({ source, kinds }, undefined, 2)}\n`);

function addFacts(spec: unknown): void {
  const names = ownField(spec, 'names');
  const group = stringField(spec, 'group') ?? '';
  const kind = stringField(names, 'kind') ?? '';
  const row = ALL_WORKLOADS.find((one) => one.group === group && one.kind === kind);
  const versions = ownField(spec, 'versions');
  if (!row || !Array.isArray(versions)) return;
  const known = kinds[qualifiedKind(row)];
  const facts: KindFacts = known ?? { plural: '', scope: '', versions: [], places: {} };
  kinds[qualifiedKind(row)] = facts;
  facts.plural = stringField(names, 'plural') ?? '';
  facts.scope = stringField(spec, 'scope') ?? '';
  for (const version of versions) {
    if (ownField(version, 'served') === false) continue;
    facts.versions.push(stringField(version, 'name') ?? '');
    const schema = ownField(ownField(version, 'schema'), 'openAPIV3Schema');
    for (const [pointer, type] of expectedPlaces(row)) {
      const found = schemaAt(schema, tokensOf(pointer));
      if (found !== undefined) facts.places[pointer] = described(found, type);
    }
  }
}

/** The schema of what a pointer leads to; `*` stands for a member of a list or map. What may hold anything may hold it. */
function schemaAt(schema: unknown, tokens: readonly string[]): unknown {
  let inside = schema;
  for (const token of tokens) {
    if (isAnything(inside)) return inside;
    inside =
      token === '*'
        ? (ownField(inside, 'items') ?? ownField(inside, 'additionalProperties'))
        : ownField(ownField(inside, 'properties'), token);
    if (inside === undefined) return undefined;
  }
  return inside;
}

function isAnything(schema: unknown): boolean {
  return (
    ownField(schema, 'x-kubernetes-preserve-unknown-fields') === true && ownField(schema, 'properties') === undefined
  );
}

/** What a schema lets in, in the words of the table of pod fields where it is that. */
function described(schema: unknown, expected: string): string {
  // It may have more than it lists.
  if (ownField(schema, 'x-kubernetes-preserve-unknown-fields') === true) return 'anything';
  const type = stringField(schema, 'type');
  if (type === 'array') return `[${described(ownField(schema, 'items'), expected.replace(/^\[(.*)\]$/, '$1'))}]`;
  const values = ownField(schema, 'additionalProperties');
  if (isJsonObject(values)) return `{${described(values, expected.replace(/^\{(.*)\}$/, '$1'))}}`;
  const properties = ownField(schema, 'properties');
  if (!isJsonObject(properties))
    return ownField(schema, 'x-kubernetes-int-or-string') === true ? 'intOrString' : (type ?? 'anything');
  const name = expected.replace(/^[[{](.*)[\]}]$/, '$1');
  return isTypeName(name) ? asType(Object.keys(properties), name) : `object with ${Object.keys(properties).join(', ')}`;
}

/** The name of a type with what a schema has beside its fields, where it has enough of them to be told by. */
function asType(keys: readonly string[], name: TypeName): string {
  const fields = fieldsOf(name);
  const others = keys.filter((key) => !fields.has(key));
  if (keys.length - others.length < Math.min(2, fields.size, keys.length)) return `object with ${keys.join(', ')}`;
  return others.length === 0 ? name : `${name} and ${others.join(', ')}`;
}
