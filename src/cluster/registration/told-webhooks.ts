// What is told of single webhooks: which are not registered, and which came and went since policies use them or do not.
import type { RegistrationEvents } from './registration.ts';
import { type Wanted, webhookNames } from './wanted.ts';

export class ToldWebhooks {
  readonly #events: RegistrationEvents;
  /** Which were last said to be missing. */
  #missing: string | undefined;

  constructor(events: RegistrationEvents) {
    this.#events = events;
  }

  /** Says which webhooks of the text are not registered, where it is others than before. */
  registered(names: ReadonlySet<string>, wanted: Wanted): void {
    const missing = wanted.configurations.flatMap(webhookNames).filter((name) => !names.has(name));
    const said = missing.join(',');
    if (said === this.#missing) return;
    this.#missing = said;
    this.#events.onMissing(new Set(missing));
  }

  /** The same, and which of those that are registered where they are used we registered or removed just now. */
  changed(before: ReadonlySet<string>, names: ReadonlySet<string>, wanted: Wanted): void {
    for (const name of wanted.whereUsed) {
      const isThere = names.has(name);
      if (before.has(name) !== isThere) this.#events.onUse(name, isThere);
    }
    this.registered(names, wanted);
  }
}
