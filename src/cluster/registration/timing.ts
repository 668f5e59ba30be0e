// How often a server looks at its webhooks, and how long it waits for what.
import type { BackoffTiming } from '../watch/backoff.ts';

export interface RegistrarTiming extends BackoffTiming {
  /** How often it is looked whether all is as it should be; each time up to half as long sooner. */
  readonly checkMs: number;
  /** How long another text than ours is left alone: a replica of another release knows better, or ends soon. */
  readonly othersMs: number;
  /** Who changes our configurations again and again is set right less and less often, until this. */
  readonly mostPatienceMs: number;
  /** How long API servers may take until they know of what was registered. */
  readonly settleMs: number;
  /** How long another certificate waits to be served for its CA to be registered. */
  readonly prepareMs: number;
  /** For how long no policy has used a webhook before it is removed: who replaces a policy deletes it first. */
  readonly unusedMs: number;
  readonly timeoutMs: number;
  /** A problem that is over sooner is not told. */
  readonly graceMs: number;
}

export const REGISTRAR_TIMING: RegistrarTiming = {
  firstMs: 500,
  mostMs: 15_000,
  checkMs: 30_000,
  othersMs: 10 * 60_000,
  mostPatienceMs: 60 * 60_000,
  settleMs: 2000,
  prepareMs: 15_000,
  unusedMs: 10_000,
  timeoutMs: 10_000,
  graceMs: 10_000,
};
