// How the small things we ask of the API server can end: the words that are counted.

/** A look-up of a namespace; `refused` where too many were under way. */
export type LookupOutcome = 'found' | 'absent' | 'failed' | 'refused';
export const LOOKUP_OUTCOMES: readonly LookupOutcome[] = ['found', 'absent', 'failed', 'refused'];

/** A write to the status of a policy; `conflict` where somebody else was faster, or the object is gone. */
export type StatusOutcome = 'written' | 'conflict' | 'failed';
export const STATUS_OUTCOMES: readonly StatusOutcome[] = ['written', 'conflict', 'failed'];
