// Another text than ours that is registered: of the chart, or of a replica that knows better or ends soon. It is left alone for a while.
import type { Configurations } from './configurations.ts';
import type { Wanted } from './wanted.ts';

export class OtherText {
  readonly #othersMs: number;
  /** The text that is not ours, and since when it is registered. */
  #other: { readonly mark: string; readonly since: number } | undefined;

  /** @param othersMs for how long the text of another replica is left alone */
  constructor(othersMs: number) {
    this.#othersMs = othersMs;
  }

  /** Who registers the webhooks, where we are not to; undefined where we are. */
  in({ isRegistered, isOfChart, mark }: Configurations, wanted: Wanted): string | undefined {
    if (!isRegistered) return undefined;
    if (isOfChart) return 'the chart registers them';
    if (mark === undefined || mark === wanted.mark) {
      this.#other = undefined;
      return undefined;
    }
    if (this.#other?.mark !== mark) this.#other = { mark, since: performance.now() };
    if (performance.now() - this.#other.since >= this.#othersMs) return undefined;
    return `another replica registered another text (${mark})`;
  }
}
