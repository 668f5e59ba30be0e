// What is wrong with one value, by one keyword of its schema.
import type { JsonObject } from '../../model/json.ts';

/** One keyword that a value does not meet. */
export interface SchemaError extends ErrorDetails {
  readonly keyword: string;
  /** The schema that has the keyword. */
  readonly schema: JsonObject;
  /** The keys that lead to the value from the top of the document. */
  readonly keys: readonly string[];
  readonly value: unknown;
  /** True where the value is a key of the object at `keys`. */
  readonly isKey: boolean;
  /** True inside a branch of `oneOf`: another branch may be the one that was meant. */
  readonly inChoice: boolean;
}

/** What some keywords say beside that. */
export interface ErrorDetails {
  /** `required`, `dependentRequired`: the key that is missing. `additionalProperties`: the one that is unknown. */
  readonly key?: string;
  /** `dependentRequired`: the key that is there. */
  readonly with?: string;
  /** `oneOf`: how many of the schemas the value meets: none, or 2 where it meets more than one. */
  readonly fitting?: number;
  /** `uniqueItems`: the index of an item that stands further up, too. */
  readonly repeated?: number;
}
