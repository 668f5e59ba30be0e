// Findings by policy, check and action. Policies are written by administrators, but a thousand of them with twenty checks
// each would be a thousand times twenty series: so only the first ones are counted under their own names.
import type { Action, Finding } from '../../model/finding.ts';
import { OTHER } from './review-counts.ts';
import type { Count, CountFamily } from './series.ts';

export const MOST_POLICIES = 100;

/** A finding that can come up. */
export type KnownFinding = Pick<Finding, 'policy' | 'check' | 'action'>;

export class FindingCounts {
  readonly #family: CountFamily;
  readonly #policies = new Map<string, PolicyCounts>();
  readonly #others: PolicyCounts;

  constructor(family: CountFamily) {
    this.#family = family;
    this.#others = new PolicyCounts(family, OTHER);
    // For findings that belong to no policy.
    this.#policies.set('', new PolicyCounts(family, ''));
  }

  /** Makes a series beforehand, while there is room for its policy. */
  expect({ policy, check, action }: KnownFinding): void {
    let counts = this.#policies.get(policy);
    if (!counts) {
      if (this.#policies.size > MOST_POLICIES) return;
      counts = new PolicyCounts(this.#family, policy);
      this.#policies.set(policy, counts);
    }
    counts.of(check, action);
  }

  count({ policy, check, action }: KnownFinding): void {
    (this.#policies.get(policy) ?? this.#others).of(check, action).value++;
  }
}

class PolicyCounts {
  readonly #family: CountFamily;
  readonly #policy: string;
  readonly #checks = new Map<string, Partial<Record<Action, Count>>>();

  constructor(family: CountFamily, policy: string) {
    this.#family = family;
    this.#policy = policy;
  }

  of(check: string, action: Action): Count {
    let counts = this.#checks.get(check);
    if (!counts) {
      counts = {};
      this.#checks.set(check, counts);
    }
    counts[action] ??= this.#family.series(this.#policy, check, action);
    return counts[action];
  }
}
