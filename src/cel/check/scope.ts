// The variables that are known at a place in an expression.
import type { CelTypes } from '../kubernetes-types.ts';
import type { Type } from '../types/type.ts';

/** A variable, and where its value is kept while an expression is evaluated. */
export interface Variable {
  readonly type: Type;
  readonly slot: number;
}

/** Variables by name; those of a loop go before those around it. */
export class Scope {
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #around: Scope | undefined;

  constructor(variables: ReadonlyMap<string, Variable>, around?: Scope) {
    this.#variables = variables;
    this.#around = around;
  }

  find(name: string): Variable | undefined {
    return this.#variables.get(name) ?? this.#around?.find(name);
  }

  /** The names of all of them, from the innermost. */
  names(): readonly string[] {
    return [...this.#variables.keys(), ...(this.#around?.names() ?? [])];
  }
}

/** What expressions can ask about. */
export interface Declarations {
  /** By the name of a variable: its type, which is one of `types` or CEL's own, such as `string` and `list<string>`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly types: CelTypes;
}
