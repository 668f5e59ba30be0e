// What evaluating may cost. Source of the unit: k8s.io/apiserver/pkg/apis/cel/config.go, where a million of them take about a
// tenth of a second. Looking up a name, a field or a function is one; text is a tenth for each character; an entry of a list
// that is looked at or copied is one.

/** An expression that could not be evaluated: a key that is missing, a value of the wrong type. `||` and loops can get over it. */
export class Failure extends Error {}

/** The cost limit was reached. Nothing in an expression can get over that. */
export class OutOfBudget extends Error {
  constructor() {
    super('it costs too much to evaluate');
  }
}

/** What is left to spend. */
export interface Budget {
  /** Throws {@link OutOfBudget} where that is more than is left. */
  charge(cost: number): void;
}

/** What one expression may cost, as part of what all expressions of a policy may cost together. */
export class Allowance implements Budget {
  #left: number;
  readonly #whole: Allowance | undefined;

  constructor(limit: number, whole?: Allowance) {
    this.#left = limit;
    this.#whole = whole;
  }

  charge(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new OutOfBudget();
    this.#whole?.charge(cost);
  }
}

/** What reading or making text of this length costs. */
export function textCost(length: number): number {
  return Math.ceil(length / 10);
}
