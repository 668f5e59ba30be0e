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

/** A number of units to spend. */
export class Allowance implements Budget {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** What is left of it; negative once it is spent. */
  get left(): number {
    return this.#left;
  }

  charge(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new OutOfBudget();
  }

  /** Takes away what was spent of a part of it, which may be all that there was. */
  spend(cost: number): void {
    this.#left -= cost;
  }
}

/** What reading or making text of this length costs. */
export function textCost(length: number): number {
  return Math.ceil(length / 10);
}
