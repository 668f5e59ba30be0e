// Dates and times as documents and options give them: `2027-06-30`, `2027-06-30T12:00:00Z`. What time it is, nothing here asks.

const DAY_MS = 86_400_000;

/** When what ends at this date or time has ended: a date counts to its end, in UTC. Undefined where it is neither. */
export function endOf(expires: string): number | undefined {
  const moment = momentOf(expires);
  return moment === undefined || expires.includes('T') ? moment : moment + DAY_MS;
}

/** The moment of a time, or the beginning of a date in UTC, in milliseconds; undefined where the calendar has none. */
export function momentOf(text: string): number | undefined {
  const full = text.includes('T') ? text : `${text}T00:00:00Z`;
  const moment = Date.parse(full);
  if (Number.isNaN(moment)) return undefined;
  // 30 February is not 2 March.
  return new Date(moment).toISOString().replace('.000Z', 'Z') === full ? moment : undefined;
}
