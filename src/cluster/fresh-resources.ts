// Lists policies and classes again for a review that asks for a class and that no policy answers: somebody who applies a policy,
// a namespace and a pod in one go sends the pod before the watch has brought the policy.
import type { ListWatch } from './watch/list-watch.ts';

/** Lists are not begun more often than this: anybody who may create pods can ask for a class that does not exist. */
const EVERY_MS = 1000;
const MOST_WAITING = 500;

/** Brings the objects of our own kinds up to date, now and then. */
export class FreshResources {
  readonly #watches: readonly Pick<ListWatch, 'refresh'>[];
  #begun: Promise<unknown> | undefined;
  #againAt = 0;
  #waiting = 0;

  constructor(watches: readonly Pick<ListWatch, 'refresh'>[]) {
    this.#watches = watches;
  }

  /**
   * Resolves once all lists are taken in, or after `timeoutMs`.
   *
   * @returns undefined where they were listed a moment ago, or where enough reviews wait for them
   */
  ask(timeoutMs: number): Promise<void> | undefined {
    if (this.#waiting >= MOST_WAITING) return undefined;
    if (!this.#begun) {
      if (performance.now() < this.#againAt) return undefined;
      this.#againAt = performance.now() + EVERY_MS;
      const begun = Promise.all(this.#watches.map((watch) => watch.refresh())).finally(() => {
        this.#begun = undefined;
      });
      this.#begun = begun;
    }
    return this.#wait(this.#begun, timeoutMs);
  }

  async #wait(begun: Promise<unknown>, timeoutMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting++;
    await Promise.race([begun, late]);
    this.#waiting--;
    clearTimeout(timer);
  }
}
