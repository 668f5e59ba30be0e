// Turns Kubernetes' published OpenAPI (version 2) into the table of pod fields.
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';

const ROOT = 'io.k8s.api.core.v1.PodTemplateSpec';

/**
 * Types that OpenAPI describes by what they print, not by what they read. A quantity and an IntOrString also read
 * numbers, and FieldsV1 keeps whatever JSON it is given (k8s.io/apimachinery: resource/quantity.go, intstr.go and
 * meta/v1/fields_proto.go). A Time is a string on either side.
 */
const SCALARS: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'string',
};

const HEADER = `\
// The fields of a pod template and everything below it, up to the fields of Kubernetes VERSION.
// Made by \`node scripts/pod-fields.ts\` from api/openapi-spec/swagger.json of the Go module k8s.io/kubernetes: do not edit.
//
// By the name of a type: its fields and their types. \`[T]\` is a list, \`{T}\` a map with strings as its keys, and \`T!\` a
// field that must be there. A name without fields of its own is one of the scalars of field-type.ts.
// biome-ignore-all format: one line for each field would make this file three times as long
`;

const WIDTH = 120;

/** The text of src/kubernetes/pod-fields.ts, from a parsed OpenAPI document. Throws for a property of unknown form. */
export function podFieldsFile(specification: unknown, version: string): string {
  const definitions = ownField(specification, 'definitions');
  const types = new Map<string, string[]>();
  const pending = [ROOT];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const name = shortName(id);
    if (types.has(name)) continue;
    types.set(
      name,
      fieldsOf(objectIn(definitions, id), (reference) => pending.push(reference)),
    );
  }
  const written = [...types].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, fields]) => typeText(name, fields));
  return `${HEADER.replace('VERSION', version)}\nexport const POD_FIELDS = {\n${written.join('\n')}\n} as const;\n`;
}

/** Each field as `name: 'type'`, in the order of the document. */
function fieldsOf(definition: JsonObject, needs: (reference: string) => void): string[] {
  const required = ownField(definition, 'required');
  const names = new Set<unknown>(Array.isArray(required) ? required : []);
  return Object.entries(objectIn(definition, 'properties')).map(
    ([name, property]) => `${name}: '${typeOf(property, needs)}${names.has(name) ? '!' : ''}'`,
  );
}

function typeOf(property: unknown, needs: (reference: string) => void): string {
  const reference = ownField(property, '$ref');
  if (typeof reference === 'string') {
    const id = reference.slice('#/definitions/'.length);
    const scalar = ownField(SCALARS, id);
    if (typeof scalar === 'string') return scalar;
    needs(id);
    return shortName(id);
  }
  const type = ownField(property, 'type');
  if (type === 'string' || type === 'boolean' || type === 'integer') return type;
  if (type === 'array') return `[${typeOf(ownField(property, 'items'), needs)}]`;
  const values = ownField(property, 'additionalProperties');
  if (type === 'object' && values !== undefined) return `{${typeOf(values, needs)}}`;
  throw new Error(`a property of unknown form: ${JSON.stringify(property)}`);
}

function objectIn(object: unknown, key: string): JsonObject {
  const member = ownField(object, key);
  if (!isJsonObject(member)) throw new Error(`the OpenAPI document has no ${key}`);
  return member;
}

function shortName(id: string): string {
  return id.slice(id.lastIndexOf('.') + 1);
}

/** A type on one line where it fits, else with as many fields on a line as fit. */
function typeText(name: string, fields: readonly string[]): string {
  const short = `  ${name}: { ${fields.join(', ')} },`;
  if (short.length <= WIDTH) return short;
  const lines: string[] = [];
  let line = '   ';
  for (const field of fields) {
    if (line.length + field.length + 2 > WIDTH) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${field},`;
  }
  return [`  ${name}: {`, ...lines, line, '  },'].join('\n');
}
