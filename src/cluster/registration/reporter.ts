// Says what has become of the registration: in the state that probes and metrics read, in the log, and in events about the
// Deployment. A problem is told once it has lasted for a while, and again only where it is another.
import { ownField, stringField } from '../../model/json.ts';
import { shortLine } from '../../model/one-line.ts';
import type { ApiClient } from '../api/client.ts';
import { type EventPlace, type EventText, eventOf, eventsPath, MOST_MESSAGE_BYTES } from '../event.ts';
import type { RegistrationEvents, RegistrationState } from './registration.ts';

/** The API server forgets events after an hour: what still holds is written again before. */
const AGAIN_MS = 30 * 60_000;

export interface ReporterOptions {
  readonly client: ApiClient;
  readonly deployment: string | undefined;
  readonly graceMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Keeps the state, and tells what is new. */
export class Reporter {
  readonly #options: ReporterOptions;
  #events: RegistrationEvents | undefined;
  #state: RegistrationState = 'waiting';
  #problem: string | undefined;
  #problemSince = 0;
  #told: string | undefined;
  #writtenAt = 0;
  #deploymentUid: string | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  get state(): RegistrationState {
    return this.#state;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  listen(events: RegistrationEvents): void {
    this.#events = events;
  }

  /** Where our events go. */
  placeIn(namespace: string): EventPlace {
    const { deployment = 'sandgate' } = this.#options;
    const uid = this.#deploymentUid;
    return { namespace, about: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, ...(uid && { uid }) } };
  }

  isWell(state: Exclude<RegistrationState, 'waiting'>, about: string, namespace: string): void {
    const isNew = this.#state !== state || this.#told !== undefined;
    this.#state = state;
    this.#problem = undefined;
    this.#told = undefined;
    if (!isNew) return;
    this.#events?.onState(state, about);
    if (state !== 'registered') return;
    void this.#write(namespace, {
      type: 'Normal',
      reason: 'WebhooksRegistered',
      message: `The webhooks are registered: ${about}`,
    });
  }

  isNotWell(problem: string, isRegistered: boolean, namespace: string | undefined): void {
    const now = performance.now();
    if (this.#problem === undefined) this.#problemSince = now;
    this.#problem = problem;
    this.#state = isRegistered ? 'registered' : 'waiting';
    if (now - this.#problemSince < this.#options.graceMs) return;
    const isNew = this.#told !== problem;
    if (isNew) this.#events?.onProblem(problem, this.#state);
    this.#told = problem;
    if (namespace === undefined || (!isNew && now - this.#writtenAt < AGAIN_MS)) return;
    void this.#write(namespace, {
      type: 'Warning',
      reason: isRegistered ? 'WebhooksNotRenewed' : 'WebhooksNotRegistered',
      message: isRegistered
        ? `The webhooks are registered, and cannot be kept as they should be: ${problem}`
        : `The webhooks are not registered, so that nothing is judged and nothing is refused: ${problem}`,
    });
  }

  drifted(what: string, managers: readonly string[]): void {
    this.#events?.onDrift(what, managers);
  }

  /** Never rejects: an event that is not written is in the log all the same. */
  async #write(namespace: string, event: EventText): Promise<void> {
    const { client, deployment, timeoutMs, signal } = this.#options;
    if (deployment === undefined) return;
    this.#writtenAt = performance.now();
    const message = shortLine(event.message, MOST_MESSAGE_BYTES);
    try {
      this.#deploymentUid ??= await this.#findUid(namespace, deployment);
      const place = this.placeIn(namespace);
      await client.json({ path: eventsPath(place), timeoutMs, signal, create: eventOf(place, { ...event, message }) });
    } catch {
      // No right to, or no API server.
    }
  }

  async #findUid(namespace: string, deployment: string): Promise<string | undefined> {
    const { client, timeoutMs, signal } = this.#options;
    const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(deployment)}`;
    const found = await client.json({ path, timeoutMs, signal }).catch(() => undefined);
    return stringField(ownField(found, 'metadata'), 'uid');
  }
}
