// The types that expressions know: those of the table of pod fields, and a namespace. Because every type is known, a
// misspelt field is found when the expression is loaded, and the evaluator need not guess the type of what a tenant wrote.
import { fieldsOf, isTypeName, type ScalarName, type TypeName } from '../kubernetes/field-type.ts';

/** By the name of a type: its fields and their types, in CEL's words. */
export type CelTypes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Scalars in CEL's words. Numbers are doubles, because JavaScript's are. A value that is a string or a number is `dyn`,
 * which can be compared and converted but has no fields. Fields that can hold anything are left out.
 */
const SCALARS: Readonly<Record<ScalarName, string | undefined>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'double',
  quantity: 'dyn',
  intOrString: 'dyn',
  any: undefined,
};

let podTypes: CelTypes | undefined;

/** `Pod`, with `metadata` and `spec`, `Namespace`, and every type that they are made of. Made at the first use. */
export function kubernetesTypes(): CelTypes {
  if (podTypes) return podTypes;
  const types: Record<string, Readonly<Record<string, string>>> = {};
  addType('PodTemplateSpec', types);
  const { PodTemplateSpec: Pod, ...parts } = types;
  podTypes = {
    ...parts,
    ...(Pod && { Pod }),
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

/** Adds a type after the types of its fields, which the evaluator has to know first. */
function addType(name: TypeName, types: Record<string, Readonly<Record<string, string>>>): void {
  if (Object.hasOwn(types, celName(name))) return;
  const fields: Record<string, string> = {};
  for (const [field, type] of fieldsOf(name === 'Container' ? 'EphemeralContainer' : name)) {
    if (isTypeName(type.name)) addType(type.name, types);
    const entry = isTypeName(type.name) ? celName(type.name) : SCALARS[type.name];
    if (entry !== undefined) fields[field] = written(type.form, entry);
  }
  types[celName(name)] = fields;
}

function written(form: 'single' | 'list' | 'map', entry: string): string {
  if (form === 'single') return entry;
  return form === 'list' ? `list<${entry}>` : `map<string, ${entry}>`;
}
