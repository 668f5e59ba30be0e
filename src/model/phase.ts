// The parts of a review whose time is worth knowing apart.

/** In the order they come; not every review has each of them. */
export const PHASES = ['decode', 'select', 'fill', 'judge', 'diff', 'encode'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Called at the end of a part: what passed since the last call belongs to it. May be called more than once for the same
 * part. What is pure has no clock; whoever calls it may have one.
 */
export type MarkPhase = (ended: Phase) => void;
