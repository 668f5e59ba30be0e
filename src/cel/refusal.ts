// Why an expression is not accepted as a condition.

/** What is wrong with an expression, and where. */
export interface Refusal {
  /** What is wrong, and in brackets what to write instead. */
  readonly message: string;
  /** A word that is not known, and those that are; the message does not list them. */
  readonly unknown?: { readonly word: string; readonly known: readonly string[] };
  /** The characters before it. */
  readonly offset: number;
}
