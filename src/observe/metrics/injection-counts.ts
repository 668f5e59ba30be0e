// What was filled in, and what was left for which reason, by injection.
import type { Decision } from '../../model/decision.ts';
import type { Count, CountFamily } from './series.ts';

/** An injection that may run, and the codes of the reasons it may give for leaving a field. */
export interface KnownInjection {
  readonly injection: string;
  readonly skipReasons: readonly string[];
}

export class InjectionCounts {
  readonly #family: CountFamily;
  /** By `policy/injection`, as a decision has it; forgotten when policies change. */
  readonly #applied = new Map<string, Count>();
  /** By injection, then by code. Both are words of ours. */
  readonly #skipped = new Map<string, Map<string, Count>>();

  constructor(family: CountFamily) {
    this.#family = family;
  }

  /** Makes the series beforehand. */
  expect(injections: readonly KnownInjection[]): void {
    this.#applied.clear();
    for (const { injection, skipReasons } of injections) {
      this.#family.series(injection, 'applied', '');
      for (const code of skipReasons) this.#skippedOf(injection, code);
    }
  }

  count(decision: Decision): void {
    for (const injected of decision.injected) this.#appliedOf(injected).value++;
    for (const { injection, code } of decision.notInjected) this.#skippedOf(injection, code).value++;
  }

  #appliedOf(injected: string): Count {
    let count = this.#applied.get(injected);
    if (!count) {
      // The names of policies have no slash.
      count = this.#family.series(injected.slice(injected.indexOf('/') + 1), 'applied', '');
      this.#applied.set(injected, count);
    }
    return count;
  }

  #skippedOf(injection: string, code: string): Count {
    let codes = this.#skipped.get(injection);
    if (!codes) {
      codes = new Map();
      this.#skipped.set(injection, codes);
    }
    let count = codes.get(code);
    if (!count) {
      count = this.#family.series(injection, 'skipped', code);
      codes.set(code, count);
    }
    return count;
  }
}
