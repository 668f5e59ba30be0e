// Input that cannot be written to: an injection that edits in place throws.

/** Freezes a value and everything in it, and returns it. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
