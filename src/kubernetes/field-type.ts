// The types in the table of pod fields: taken apart, and as TypeScript has them.
import { POD_FIELDS } from './pod-fields.ts';

/** The name of a type that has fields: `Container`. */
export type TypeName = keyof typeof POD_FIELDS;

/**
 * The types without fields. JSON has one kind of number: whether an integer has 32 or 64 bits is not told apart. `any` is
 * what the API server takes and keeps as it is.
 */
export interface ScalarTypes {
  readonly string: string;
  readonly boolean: boolean;
  readonly integer: number;
  /** A null entry of a map is zero. */
  readonly quantity: string | number | null;
  readonly intOrString: string | number;
  readonly any: unknown;
}

export type ScalarName = keyof ScalarTypes;

/** A field's type, taken apart. */
export interface FieldType {
  readonly form: 'single' | 'list' | 'map';
  /** A scalar, or the name of a type with fields: of the entries, where it is a list or a map. */
  readonly name: ScalarName | TypeName;
  readonly required: boolean;
}

type Entry<T extends string> = T extends ScalarName
  ? ScalarTypes[T]
  : T extends 'Volume'
    ? VolumeFields
    : T extends TypeName
      ? FieldsOf<T>
      : never;

type ValueOf<T extends string> = T extends `${infer Optional}!`
  ? ValueOf<Optional>
  : T extends `[${infer Name}]`
    ? readonly Entry<Name>[]
    : T extends `{${infer Name}}`
      ? Readonly<Record<string, Entry<Name>>>
      : Entry<T>;

/**
 * The fields of a type as users send them, before or without API validation: every one can be absent or null, which mean
 * the same. The entries of lists and maps are not null, but for quantities.
 */
export type FieldsOf<Name extends TypeName> = {
  readonly [Field in keyof (typeof POD_FIELDS)[Name]]?: (typeof POD_FIELDS)[Name][Field] extends infer T extends string
    ? ValueOf<T> | null
    : never;
};

/** Checks ask for sources by name, and a source that is not in the table is one all the same. */
export type VolumeFields = FieldsOf<'Volume'> & { readonly [source: string]: unknown };

const FORM = /^(?:\[(\w+)\]|\{(\w+)\}|(\w+))(!?)$/;

/** Takes apart a type as the table has it. Throws for anything else. */
export function fieldType(written: string): FieldType {
  const [, item, value, single, mark] = FORM.exec(written) ?? [];
  const name = item ?? value ?? single;
  if (!isTypeName(name) && !isScalarName(name)) throw new Error(`the table of pod fields has no type ${written}`);
  const form = item !== undefined ? 'list' : value !== undefined ? 'map' : 'single';
  return { form, name, required: mark === '!' };
}

const known = new Map<TypeName, ReadonlyMap<string, FieldType>>();

/** The fields of a type by name, in the order of the table. */
export function fieldsOf(name: TypeName): ReadonlyMap<string, FieldType> {
  const fields =
    known.get(name) ?? new Map(Object.entries(POD_FIELDS[name]).map(([field, type]) => [field, fieldType(type)]));
  known.set(name, fields);
  return fields;
}

export function isTypeName(name: string | undefined): name is TypeName {
  return name !== undefined && Object.hasOwn(POD_FIELDS, name);
}

const SCALAR_NAMES: Readonly<Record<ScalarName, true>> = {
  string: true,
  boolean: true,
  integer: true,
  quantity: true,
  intOrString: true,
  any: true,
};

function isScalarName(name: string | undefined): name is ScalarName {
  return name !== undefined && Object.hasOwn(SCALAR_NAMES, name);
}
