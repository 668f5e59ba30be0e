// Why an expression is not accepted.

/** What is wrong with an expression, and where. */
export interface Refusal {
  /** What is wrong, with what to write instead in brackets. */
  readonly message: string;
  /** A word that is not known, and those that are; the message does not list them. */
  readonly unknown?: { readonly word: string; readonly known: readonly string[] };
  /** The number of characters before the place where it is wrong. */
  readonly offset: number;
}
