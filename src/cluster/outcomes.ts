// How look-ups and writes to the API server can end: the values of the label `outcome` in the metrics.

/** A look-up of a namespace or a pod; `refused` where too many were under way. */
export type LookupOutcome = 'found' | 'absent' | 'failed' | 'refused';
export const LOOKUP_OUTCOMES: readonly LookupOutcome[] = ['found', 'absent', 'failed', 'refused'];

/** A write to the status of an object of ours; `conflict` where another replica wrote first, or the object is gone. */
export type StatusOutcome = 'written' | 'conflict' | 'failed';
export const STATUS_OUTCOMES: readonly StatusOutcome[] = ['written', 'conflict', 'failed'];
