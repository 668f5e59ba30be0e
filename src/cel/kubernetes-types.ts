// The types that expressions know: those of the table of pod fields, and a namespace. Because every type is known, a
// misspelt field is found when the expression is loaded.
import { fieldsOf, isTypeName, type ScalarName, type TypeName } from '../kubernetes/field-type.ts';

/** By the name of a type: its fields and their types, in CEL's words. */
export type CelTypes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Scalars in CEL's words. A value that is a string or a number is `dyn`, which can be compared and converted; so is what can
 * hold anything.
 */
const SCALARS: Readonly<Record<ScalarName, string>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'int',
  quantity: 'quantityText',
  intOrString: 'dyn',
  any: 'dyn',
};

let podTypes: CelTypes | undefined;

/**
 * `Pod`, with `apiVersion`, `kind`, `metadata` and `spec`, `Namespace`, and every type that they are made of. Made at the first
 * use.
 */
export function kubernetesTypes(): CelTypes {
  if (podTypes) return podTypes;
  const types: Record<string, Readonly<Record<string, string>>> = {};
  addType('PodTemplateSpec', types);
  const { PodTemplateSpec: template, ...parts } = types;
  podTypes = {
    ...parts,
    Pod: { apiVersion: 'string', kind: 'string', ...template },
    NamespaceMetadata: { name: 'string', labels: 'map<string, string>' },
    Namespace: { metadata: 'NamespaceMetadata' },
  };
  return podTypes;
}

/**
 * Ephemeral containers have the fields of containers and one more. They are of the same type here, so that the three lists
 * can be joined with `+`.
 */
function celName(name: TypeName): string {
  return name === 'EphemeralContainer' ? 'Container' : name;
}

function addType(name: TypeName, types: Record<string, Readonly<Record<string, string>>>): void {
  if (Object.hasOwn(types, celName(name))) return;
  const fields: Record<string, string> = {};
  types[celName(name)] = fields;
  for (const [field, type] of fieldsOf(name === 'Container' ? 'EphemeralContainer' : name)) {
    if (isTypeName(type.name)) addType(type.name, types);
    fields[field] = written(type.form, isTypeName(type.name) ? celName(type.name) : SCALARS[type.name]);
  }
}

function written(form: 'single' | 'list' | 'map', entry: string): string {
  if (form === 'single') return entry;
  return form === 'list' ? `list<${entry}>` : `map<string, ${entry}>`;
}
