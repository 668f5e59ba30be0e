// What was filled in, and what was left for which reason, by injection.
import type { Counter, Registry } from 'prom-client';
import type { Decision } from '../../model/decision.ts';
import { METRICS } from './definitions.ts';
import { counter } from './instruments.ts';

/** An injection that may run, and the codes of the reasons it may give for leaving a field. */
export interface KnownInjection {
  readonly injection: string;
  readonly skipReasons: readonly string[];
}

/** Counts what reviews filled in and left. */
export class InjectionCounts {
  readonly #counter: Counter<'injection' | 'outcome' | 'skip_reason'>;

  constructor(registry: Registry) {
    this.#counter = counter(registry, METRICS.injections);
  }

  /** Makes the series beforehand. */
  expect(injections: readonly KnownInjection[]): void {
    for (const { injection, skipReasons } of injections) {
      this.#counter.inc({ injection, outcome: 'applied', skip_reason: '' }, 0);
      for (const code of skipReasons) this.#counter.inc({ injection, outcome: 'skipped', skip_reason: code }, 0);
    }
  }

  count(decision: Decision): void {
    for (const injected of decision.injected) {
      // As `policy/injection`; the names of policies have no slash.
      const injection = injected.slice(injected.indexOf('/') + 1);
      this.#counter.inc({ injection, outcome: 'applied', skip_reason: '' });
    }
    for (const { injection, code } of decision.notInjected) {
      this.#counter.inc({ injection, outcome: 'skipped', skip_reason: code });
    }
  }
}
