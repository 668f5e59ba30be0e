// Registers our webhooks with the API server once it reaches us, and keeps them as they should be. Every replica does, without a
// leader: applying the same twice changes nothing, and who finds all as it should be writes nothing. Nothing is refused in a cluster
// whose API server never reached us, whatever the reason: an image that is not pulled, a certificate that it does not accept, a
// network that does not let it through.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORMER_CA_ANNOTATION } from '../../model/names.ts';
import { reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import type { ClusterCondition } from '../cluster.ts';
import { Backoff } from '../watch/backoff.ts';
import { type Bundle, bundleFor, fingerprintsIn, hasAll } from './ca-bundle.ts';
import { Configurations } from './configurations.ts';
import { OtherText } from './other-text.ts';
import { untilReached } from './reachable.ts';
import {
  type Registration,
  RegistrationError,
  type RegistrationStart,
  type RegistrationState,
  type ServedTls,
} from './registration.ts';
import { Reporter } from './reporter.ts';
import { REGISTRAR_TIMING, type RegistrarTiming } from './timing.ts';
import { ToldWebhooks } from './told-webhooks.ts';
import { caOf, refuseProblem } from './trust.ts';
import { type Wanted, wantedFor, wantedFrom } from './wanted.ts';
import { WhereUsed } from './where-used.ts';

const LOOK_MS = 100;

/** What was found, or done. */
interface Looked {
  readonly state: Exclude<RegistrationState, 'waiting'>;
  readonly about: string;
}

export interface RegistrarOptions {
  readonly client: ApiClient;
  /** The file with the configurations. */
  readonly file: string;
  /** The Deployment that events are about, in the namespace of the Service; none are written where it is left out. */
  readonly deployment?: string | undefined;
  readonly timing?: Partial<RegistrarTiming> | undefined;
}

/** See {@link Registration}. */
export class Registrar implements Registration {
  readonly condition: ClusterCondition;
  readonly #options: RegistrarOptions;
  readonly #timing: RegistrarTiming;
  readonly #backoff: Backoff;
  readonly #patience: Backoff;
  readonly #stop = new AbortController();
  readonly #reporter: Reporter;
  #wake = new AbortController();
  #served: readonly string[] = [];
  #tls: ServedTls | undefined;
  /** The certificate that is to be served next: its CA is registered beside ours. */
  #next: ServedTls | undefined;
  #told: ToldWebhooks | undefined;
  #whereUsed: WhereUsed | undefined;
  #wanted: Wanted | undefined;
  /** True until what we want was registered once, and again when the file changes: then we know best. */
  #isFresh = true;
  #looked = false;
  /** How many looks were begun, and which was the last one that is done. */
  #begun = 0;
  #done = 0;
  readonly #others: OtherText;
  #patientUntil = 0;
  /** The fingerprints of the CAs that were registered when we last looked; undefined where nothing is. */
  #registered: ReadonlySet<string> | undefined;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#timing = { ...REGISTRAR_TIMING, ...options.timing };
    this.#backoff = new Backoff(this.#timing);
    this.#patience = new Backoff({ firstMs: this.#timing.checkMs, mostMs: this.#timing.mostPatienceMs });
    this.#others = new OtherText(this.#timing.othersMs);
    const { client, deployment } = options;
    const { graceMs, timeoutMs } = this.#timing;
    this.#reporter = new Reporter({ client, deployment, graceMs, timeoutMs, signal: this.#stop.signal });
    this.condition = {
      name: 'webhooks',
      problem: () => (this.#looked ? undefined : 'it is not known yet whether the webhooks are registered'),
    };
  }

  get state(): RegistrationState {
    return this.#reporter.state;
  }

  get problem(): string | undefined {
    return this.#reporter.problem;
  }

  start({ tls, served, isReady, events, use }: RegistrationStart): void {
    this.#tls = tls;
    this.#served = served;
    this.#told = new ToldWebhooks(events);
    this.#whereUsed = new WhereUsed(use, this.#timing.unusedMs);
    this.#reporter.listen(events);
    void this.#run(isReady);
  }

  async prepare(next: ServedTls): Promise<void> {
    // Nobody asks a replica that is not ready.
    if (this.#begun === 0) return;
    const deadline = performance.now() + this.#timing.prepareMs;
    // What was seen half a minute ago need not hold any more: another replica may have registered them since.
    const before = this.#begun;
    if (this.#wanted && this.#registered) await refuseProblem(this.#wanted, next);
    this.#next = next;
    this.#wake.abort();
    try {
      while (this.#done <= before) await this.#sleepUntil(deadline);
      const wanted = this.#wanted;
      if (!wanted || !this.#registered) return;
      await refuseProblem(wanted, next);
      const needed = fingerprintsIn(Buffer.from(caOf(wanted, next)).toString('base64'));
      while (!hasAll(this.#registered, needed)) await this.#sleepUntil(deadline);
      await sleep(this.#timing.settleMs);
    } catch (error) {
      this.#next = undefined;
      throw error;
    }
  }

  use(next: ServedTls): void {
    this.#tls = next;
    this.#next = undefined;
    this.#wake.abort();
  }

  policiesChanged(): void {
    this.#wake.abort();
  }

  stop(): void {
    this.#stop.abort();
    this.#wake.abort();
  }

  /** Waits for a moment. Throws where it is too late. */
  async #sleepUntil(deadline: number): Promise<void> {
    if (performance.now() > deadline) {
      throw new RegistrationError(`the API server is not told of its CA yet: ${this.problem ?? 'it does not answer'}`);
    }
    await sleep(LOOK_MS);
  }

  /** Never rejects. */
  async #run(isReady: () => boolean): Promise<void> {
    while (!isReady()) await this.#wait(LOOK_MS);
    while (!this.#stop.signal.aborted) await this.#wait(await this.#check());
  }

  async #wait(ms: number): Promise<void> {
    const { signal } = this.#wake;
    await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted && !this.#stop.signal.aborted) this.#wake = new AbortController();
  }

  /** Returns after how many milliseconds to look again. */
  async #check(): Promise<number> {
    const begun = ++this.#begun;
    try {
      const { state, about } = await this.#look();
      if (this.#stop.signal.aborted) return 0;
      this.#reporter.isWell(state, about, this.#wanted?.service.namespace ?? '');
      this.#backoff.reset();
      return Math.min(this.#timing.checkMs * (0.5 + Math.random() / 2), this.#whereUsed?.nextMs ?? Infinity);
    } catch (error) {
      if (this.#stop.signal.aborted) return 0;
      this.#reporter.isNotWell(reasonFor(error), this.#registered !== undefined, this.#wanted?.service.namespace);
      return this.#backoff.next();
    } finally {
      this.#looked = true;
      this.#done = begun;
    }
  }

  /** Looks, and does what there is to do. Throws where it cannot be done, and where the file cannot be used any more. */
  async #look(): Promise<Looked> {
    const known = this.#wanted;
    let problem: unknown;
    const wanted = await this.#read().catch((error: unknown) => {
      if (!known) throw error;
      problem = error;
      return known;
    });
    const looked = await this.#keep(wanted);
    if (problem !== undefined) throw problem;
    return looked;
  }

  async #keep(wanted: Wanted): Promise<Looked> {
    const tls = this.#tls;
    if (!tls) throw new RegistrationError('there is no certificate');
    const { client } = this.#options;
    const configurations = new Configurations(client, wanted, this.#timing.timeoutMs, this.#stop.signal);
    await configurations.read();
    this.#registered = configurations.isRegistered ? configurations.registeredCas : undefined;
    this.#told?.registered(configurations.names, wanted);
    // What nobody asks cannot fail: the probe of the kubelet need not wait for the rest.
    if (!configurations.isRegistered) this.#looked = true;
    const ca = caOf(wanted, tls);
    // Where the certificate that is served is wrong, the one that waits to be served may be the remedy.
    const next = this.#next;
    await refuseProblem(wanted, next ?? tls);
    const other = this.#isFresh ? undefined : this.#others.in(configurations, wanted);
    if (other !== undefined) return { state: 'elsewhere', about: other };

    const own = next ? `${ca}\n${caOf(wanted, next)}` : ca;
    const bundle = bundleFor(own, configurations.caBundles, configurations.formerUntil, Date.now());
    const before = configurations.names;
    const used = (await this.#whereUsed?.toRegister(wanted, before)) ?? wanted.whereUsed;
    configurations.want(wantedFor(wanted, used));
    const difference = configurations.differenceTo(bundle);
    if (difference === undefined) this.#patience.reset();
    else
      await this.#setRight(configurations, wanted, {
        bundle,
        difference,
        isUseNew: this.#whereUsed?.isNew(used) ?? false,
      });
    this.#told?.changed(before, configurations.names, wanted);
    this.#whereUsed?.registered(used);
    this.#isFresh = false;
    return { state: 'registered', about: `the API server reaches ${wanted.host}, and asks it` };
  }

  async #setRight(
    configurations: Configurations,
    wanted: Wanted,
    { bundle, difference, isUseNew }: { bundle: Bundle; difference: string; isUseNew: boolean },
  ): Promise<void> {
    // Somebody changed what we had registered: a release of ours, a CA, or a webhook that is used now, would be our own doing.
    const isOurs = this.#isFresh || isUseNew || configurations.mark !== wanted.mark;
    const isDrift = configurations.isRegistered && !isOurs;
    if (isDrift && !difference.endsWith('caBundle') && !difference.endsWith(FORMER_CA_ANNOTATION)) {
      if (performance.now() < this.#patientUntil) {
        throw new RegistrationError(`somebody keeps changing ${difference} (${configurations.managers.join(', ')})`);
      }
      this.#patientUntil = performance.now() + this.#patience.next();
      this.#reporter.drifted(difference, configurations.managers);
    }
    await configurations.findOwner();
    if (!configurations.isRegistered) await this.#prove(configurations, bundle, wanted);
    await configurations.apply(bundle);
    // A replica that starts is not ready before API servers know its CA.
    if (!this.#looked) await sleep(this.#timing.settleMs, undefined, { signal: this.#stop.signal });
    this.#registered = bundle.fingerprints;
  }

  /** Nothing is registered yet: the API server has to reach us before it is told to ask us about anything. */
  async #prove(configurations: Configurations, { caBundle }: Bundle, { service, host }: Wanted): Promise<void> {
    await configurations.applyReachable(caBundle);
    const place = this.#reporter.placeIn(service.namespace);
    await untilReached(this.#options.client, place, {
      host,
      withinMs: this.#timing.timeoutMs,
      signal: this.#stop.signal,
    });
  }

  /** The file as it is now: the text that we were started with, or a later one of the same release. */
  async #read(): Promise<Wanted> {
    const { file } = this.#options;
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new RegistrationError(`${file}: cannot be read (${reasonOf(error)})`);
    });
    const read = wantedFrom(text, file, this.#served);
    const found = this.#whereUsed?.marked(read) ?? read;
    const known = this.#wanted;
    if (known && (known.mark === found.mark || known.version !== found.version)) {
      // The kubelet brings the text of the next release to the pods of this one, which cannot tell what it means.
      return known;
    }
    this.#wanted = found;
    this.#isFresh = true;
    return found;
  }
}

function reasonFor(error: unknown): string {
  return error instanceof RegistrationError ? error.message : reasonOf(error);
}
