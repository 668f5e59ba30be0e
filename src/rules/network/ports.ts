// Ranges of ports as a policy writes them: `8080`, `8080-8090`.

/** The first and the last port of a range. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A range of ports between 1 and 65535; undefined where it is none, or ends before it begins. */
export function parsePorts(range: string): PortRange | undefined {
  const [first = 0, last = first] = range.split('-').map(Number);
  return first >= 1 && first <= last && last <= 65535 ? { first, last } : undefined;
}
