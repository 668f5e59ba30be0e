// One source for the shape of a value: a JSON Schema written `as const`, and the TypeScript type that follows from it.
import type { SchemaObject } from 'ajv';
import type { XStatic } from 'typebox/schema';

/** The type of the values that a schema accepts, read-only throughout. */
export type TypeOf<Schema> = ReadonlyDeep<XStatic<Schema>>;

type ReadonlyDeep<T> = T extends readonly (infer Item)[]
  ? readonly ReadonlyDeep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> }
    : T;

/** A JSON Schema, and the type of what it accepts. The second member is for the type checker alone and never set. */
export interface SchemaFor<Value> extends SchemaObject {
  readonly '~type'?: Value;
}

/** The type of the values of a {@link SchemaFor}. */
export type ValueOf<Schema> = Schema extends SchemaFor<infer Value> ? Value : never;

/**
 * A schema together with the type that follows from its shape.
 * @param shape types, properties, items and choices: what a TypeScript type can say
 * @param between keywords about several properties at once (`oneOf`, `not`, `dependentRequired`), which no type here can say
 */
export function schemaFor<const Shape extends SchemaObject>(
  shape: Shape,
  between: SchemaObject = {},
): SchemaFor<TypeOf<Shape>> {
  return { ...shape, ...between };
}
