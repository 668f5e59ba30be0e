// Registering our webhooks with the API server, as the rest of the program sees it.
import type { ClusterCondition } from '../cluster.ts';

/**
 * What has become of it. `waiting`: nothing is registered by us, for the reason that goes with it. `registered`: both
 * configurations are as they should be. `elsewhere`: the chart registers them, or a replica with another text.
 */
export type RegistrationState = 'waiting' | 'registered' | 'elsewhere';

/** The certificate that is served, or is about to be. */
export interface ServedTls {
  /** Who signed it, as PEM; undefined where nobody says. */
  readonly ca: string | undefined;
  /** Why an API server that trusts this CA would not accept the certificate of this host; undefined where it would. */
  readonly problem: (host: string, ca: string) => Promise<string | undefined>;
}

/** Told of what happens, for the log and the metrics. Nothing here may throw or take long. */
export interface RegistrationEvents {
  /** The state is new. `about` says what is registered, or who registers it. */
  onState(state: Exclude<RegistrationState, 'waiting'>, about: string): void;
  /** They are not registered, or not kept as they should be, and not only for a moment. Told once for each reason. */
  onProblem(problem: string, state: RegistrationState): void;
  /** Somebody else changed them: they are set right. `what` is the first field that was found changed. */
  onDrift(what: string, managers: readonly string[]): void;
  /** This server registered a webhook since a policy uses it now, or removed one since none does. */
  onUse(webhook: string, isUsed: boolean): void;
  /** Which webhooks of the file are not registered. Told after the first look at them, and when it is others. */
  onMissing(webhooks: ReadonlySet<string>): void;
}

/** Which webhooks policies use, of those that are registered only where they are used. */
export interface WebhookUse {
  /** The names of those that policies of files use, which stay the same while the server runs. */
  readonly byFiles: ReadonlySet<string>;
  /** The names of those that some policy in force uses now. */
  now(): ReadonlySet<string>;
  /** Asks the API server again which policies there are. True where it is known, so that {@link now} can be relied on. */
  confirm(): Promise<boolean>;
}

/** What the registration is started with. */
export interface RegistrationStart {
  readonly tls: ServedTls;
  /** The paths at which something is answered: no webhook is registered for another. */
  readonly served: readonly string[];
  /** True once reviews can be answered. */
  readonly isReady: () => boolean;
  readonly events: RegistrationEvents;
  readonly use: WebhookUse;
}

/** Registers the webhooks of one release, and keeps them registered. */
export interface Registration {
  /** Holds once it is known whether they are registered, and whether with the CA of our certificate. */
  readonly condition: ClusterCondition;
  readonly state: RegistrationState;
  /** Why they are not registered, or not kept as they should be; undefined while all is well. */
  readonly problem: string | undefined;
  /** Begins; to be called once. */
  start(start: RegistrationStart): void;
  /**
   * Resolves once another certificate may be served, since API servers that call us trust it by then.
   *
   * @throws RegistrationError where they would not
   */
  prepare(next: ServedTls): Promise<void>;
  /** The certificate of {@link prepare} is served from now on. */
  use(next: ServedTls): void;
  /** Policies changed: others of the webhooks may be used than before. */
  policiesChanged(): void;
  /** Nothing is written after this. */
  stop(): void;
}

/** The webhooks cannot be registered as things are. The message says what is wrong and what was expected. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}
