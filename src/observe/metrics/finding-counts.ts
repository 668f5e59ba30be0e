// Findings by policy, check and action. Policies are written by administrators, but a thousand of them with twenty checks
// each would be a thousand times twenty series: so only the first ones are counted under their own names.
import type { Counter, Registry } from 'prom-client';
import type { Finding } from '../../model/finding.ts';
import { METRICS } from './definitions.ts';
import { counter } from './instruments.ts';
import { OTHER } from './review-counts.ts';

/** So many policies are counted under their own names. */
export const MOST_POLICIES = 100;

/** So many exceptions of namespaces are counted under their own names, the first that are used. */
export const MOST_EXCEPTIONS = 100;

/** A finding that can come up. */
export type KnownFinding = Pick<Finding, 'policy' | 'check' | 'action'>;

/** Counts findings, those of the first policies by name. */
export class FindingCounts {
  readonly #counter: Counter<'policy' | 'check' | 'action'>;
  /** Findings that belong to no policy have an empty one. */
  readonly #policies = new Set(['']);
  readonly #excepted: Counter<'policy' | 'check' | 'exception'>;
  /** Those of policies themselves have an empty one. */
  readonly #exceptions = new Set(['']);

  constructor(registry: Registry) {
    this.#counter = counter(registry, METRICS.findings);
    this.#excepted = counter(registry, METRICS.exceptedFindings);
  }

  /** Makes a series beforehand, while there is room for its policy. */
  expect({ policy, check, action }: KnownFinding): void {
    if (!this.#policies.has(policy)) {
      if (this.#policies.size > MOST_POLICIES) return;
      this.#policies.add(policy);
    }
    this.#counter.inc({ policy, check, action }, 0);
  }

  count({ policy: name, check, action, excepted }: KnownFinding & Pick<Finding, 'excepted'>): void {
    const policy = this.#policies.has(name) ? name : OTHER;
    this.#counter.inc({ policy, check, action });
    if (excepted) this.#excepted.inc({ policy, check, exception: this.#nameOf(excepted.name ?? '') });
  }

  #nameOf(exception: string): string {
    if (this.#exceptions.has(exception)) return exception;
    if (this.#exceptions.size > MOST_EXCEPTIONS) return OTHER;
    this.#exceptions.add(exception);
    return exception;
  }
}
