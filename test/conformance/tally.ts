// How often each rule of the standard was broken and kept by the pods of a run: a comparison that never saw a rule broken
// proves nothing about it.

import { phrase } from '../../src/model/finding.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import { checksAt, type StandardFailure } from '../../src/pod-security/standard.ts';
import { EVERYWHERE } from './oracle.ts';

/** One rule: a check in the version that begins with `since`, as part of a level. */
export interface RuleTally {
  /** `sysctls 1.27 at restricted`. */
  readonly rule: string;
  violated: number;
  passed: number;
  /** Pods of which it says something else than the version of the check before it; undefined where there is none. */
  changed: number | undefined;
}

interface Watched {
  readonly check: string;
  readonly tally: RuleTally;
}

export class Tally {
  readonly rules: readonly RuleTally[];
  readonly #watchedAt: readonly (readonly Watched[])[];
  #previous: readonly StandardFailure[] = [];

  constructor() {
    this.#watchedAt = EVERYWHERE.map(({ level, version }) => {
      const inForce = new Set(checksAt(level, version).map((check) => check.id));
      return POD_SECURITY_CHECKS.filter((check) => inForce.has(check.id)).flatMap((check) => {
        const position = check.versions.findIndex(({ since }) => `v${since}` === version);
        if (position === -1) return [];
        const rule = `${check.id} ${version.slice(1)} at ${level}`;
        const tally: RuleTally = { rule, violated: 0, passed: 0, changed: position === 0 ? undefined : 0 };
        return [{ check: check.id, tally }];
      });
    });
    this.rules = this.#watchedAt.flat().map(({ tally }) => tally);
  }

  /** Counts what was found of a pod at one level and version; to be called for all of them, in order. */
  count(index: number, failures: readonly StandardFailure[]): void {
    for (const { check, tally } of this.#watchedAt[index] ?? []) {
      const text = textOf(failures, check);
      if (text === undefined) tally.passed++;
      else tally.violated++;
      if (tally.changed !== undefined && text !== textOf(this.#previous, check)) tally.changed++;
    }
    this.#previous = failures;
  }
}

function textOf(failures: readonly StandardFailure[], check: string): string | undefined {
  const found = failures.find((failure) => failure.check.id === check);
  return found && phrase(found.check.describe(found.violations));
}
