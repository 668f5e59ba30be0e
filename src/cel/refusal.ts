// Why an expression is not accepted.

/** What is wrong with an expression, and where. */
export interface Refusal {
  /** What is wrong, with what to write instead in brackets. */
  readonly message: string;
  /** A word that is not known, and those that are; the message does not list them. */
  readonly unknown?: { readonly word: string; readonly known: readonly string[] } | undefined;
  /** The number of UTF-16 units before the place where it is wrong. */
  readonly offset: number;
}

/** Thrown while an expression is read and checked. It does not leave this folder. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(offset: number, message: string, unknown?: Refusal['unknown']) {
    super(message);
    this.refusal = { message, unknown, offset };
  }
}
