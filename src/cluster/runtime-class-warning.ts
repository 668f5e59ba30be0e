// Policies that fill in a RuntimeClass which does not exist. Such a policy is in force, and the API server refuses every pod
// that it completes: the log and the status of the policy say so for as long as the RuntimeClass is missing.
import { ownField, stringField } from '../model/json.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { StoredObject, Verdict } from '../resources/snapshot.ts';
import type { RuntimeClasses } from './state/runtime-classes.ts';

/** Tells of policies whose RuntimeClass is missing. */
export class RuntimeClassWarnings {
  readonly #classes: Pick<RuntimeClasses, 'isMissing'>;
  readonly #onMissing: (policy: string, runtimeClass: string) => void;
  /** What was told, by policy. */
  #told: ReadonlyMap<string, string> = new Map();

  constructor(classes: Pick<RuntimeClasses, 'isMissing'>, onMissing: (policy: string, runtimeClass: string) => void) {
    this.#classes = classes;
    this.#onMissing = onMissing;
  }

  /** Says what is missing now and was not before, of policies in files as well. */
  check({ policies }: PolicySet): void {
    const before = this.#told;
    const now = new Map<string, string>();
    this.#told = now;
    for (const { name, runtimeClass } of policies) {
      if (runtimeClass === undefined || !this.#classes.isMissing(runtimeClass)) continue;
      now.set(name, runtimeClass);
      if (before.get(name) !== runtimeClass) this.#onMissing(name, runtimeClass);
    }
  }

  /** The verdict, with one more sentence where the policy is in force and its RuntimeClass is missing. */
  addTo(verdict: Verdict, policy: StoredObject | undefined): Verdict {
    const runtimeClass = policy && runtimeClassOf(policy);
    if (!verdict.accepted || runtimeClass === undefined || !this.#classes.isMissing(runtimeClass)) return verdict;
    const warning = `RuntimeClass ${JSON.stringify(runtimeClass)} does not exist: pods that are given it are refused`;
    return { ...verdict, message: verdict.message === '' ? warning : `${verdict.message}; ${warning}` };
  }
}

/** The RuntimeClass that `spec.runtime.default` names, if any. */
function runtimeClassOf({ document }: StoredObject): string | undefined {
  return stringField(ownField(ownField(document, 'spec'), 'runtime'), 'default') || undefined;
}
