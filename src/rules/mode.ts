// Parameters that ask for a check and say what becomes of its violations: `nodeName: Deny`.

/** What such a parameter can be. */
export type Mode = 'Warn' | 'Deny';

/** The schema of such a parameter. */
export function modeOf<const Description extends string>(description: Description) {
  return { type: 'string', enum: ['Warn', 'Deny'], description } as const;
}
