// Which of the webhooks that are registered only where a policy uses them are to be there. One is added as soon as a policy uses it, and
// stays for a while after none does. Replicas hear of policies at different moments: each adds what it knows to be used, and none
// removes anything before it has asked the API server again.
import { createHash } from 'node:crypto';
import type { WebhookUse } from './registration.ts';
import type { Wanted } from './wanted.ts';

export class WhereUsed {
  readonly #use: WebhookUse;
  readonly #unusedMs: number;
  /** When those that are registered, and that nobody uses, are to be removed. */
  readonly #endsAt = new Map<string, number>();

  #registered: ReadonlySet<string> = new Set();

  constructor(use: WebhookUse, unusedMs: number) {
    this.#use = use;
    this.#unusedMs = unusedMs;
  }

  /** Another text where policies of files use other webhooks: a replica with other files, of a rollout, is as one of another release. */
  marked(wanted: Wanted): Wanted {
    const names = [...this.#use.byFiles].filter((name) => wanted.whereUsed.has(name)).toSorted();
    if (names.length === 0) return wanted;
    const mark = createHash('sha256')
      .update(`${wanted.mark} ${names.join(' ')}`)
      .digest('hex')
      .slice(0, 16);
    return { ...wanted, mark };
  }

  /**
   * The names of those that are to be registered.
   *
   * @param live the names of those that are
   */
  async toRegister({ whereUsed }: Wanted, live: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const chosen = new Set<string>();
    for (const name of whereUsed) {
      if (this.#use.now().has(name) || (live.has(name) && !(await this.#isUnused(name)))) chosen.add(name);
      if (this.#use.now().has(name) || !live.has(name)) this.#endsAt.delete(name);
    }
    return chosen;
  }

  /** True where these are others than were to be registered when all was last as it should be. */
  isNew(names: ReadonlySet<string>): boolean {
    return names.size !== this.#registered.size || [...names].some((name) => !this.#registered.has(name));
  }

  /** All is as it should be, with these. */
  registered(names: ReadonlySet<string>): void {
    this.#registered = names;
  }

  /** After how many milliseconds one of them may have to be removed. */
  get nextMs(): number {
    return Math.max(0, Math.min(...this.#endsAt.values()) - performance.now());
  }

  async #isUnused(name: string): Promise<boolean> {
    const now = performance.now();
    // Not all replicas at the same moment.
    const endsAt = this.#endsAt.get(name) ?? now + this.#unusedMs * (1 + Math.random() / 2);
    this.#endsAt.set(name, endsAt);
    if (now < endsAt) return false;
    if (await this.#use.confirm()) return !this.#use.now().has(name);
    this.#endsAt.set(name, now + this.#unusedMs);
    return false;
  }
}
