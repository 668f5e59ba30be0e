// The answers of /readyz and /livez: a list of conditions, each of which holds or says why it does not.

/** Something that must hold for a probe to succeed. */
export interface Condition {
  /** As `?verbose` lists it. */
  readonly name: string;
  /** A message that says why it does not hold; undefined while it does. */
  readonly problem: () => string | undefined;
  /** What else `?verbose` says of it while it holds. */
  readonly note?: () => string | undefined;
}

/** The answer to a probe. */
export interface ProbeResult {
  readonly ok: boolean;
  /** One line: `ok`, or every condition that fails. */
  readonly message: string;
  /** A line for each condition and one for the whole, as the kube-apiserver formats them. */
  readonly verbose: string;
}

/** Holds once policies are loaded. Without any, everything is let through, and the webhook must not look ready then. */
export function policiesLoaded(count: () => number): Condition {
  return { name: 'policies', problem: () => (count() > 0 ? undefined : 'no policies are loaded') };
}

/** Returns which conditions do not hold yet; undefined for good once all of them held. */
export function allKnown(conditions: readonly Condition[]): () => string | undefined {
  let known = false;
  return () => {
    if (known) return undefined;
    const problems = conditions.flatMap((condition) => problemOf(condition) ?? []);
    known = problems.length === 0;
    return known ? undefined : problems.join('; ');
  };
}

/** Holds until the server begins to drain. */
export function notDraining(isDraining: () => boolean): Condition {
  return { name: 'shutdown', problem: () => (isDraining() ? 'shutting down' : undefined) };
}

/** Checks every condition. `name` is that of the probe: `readyz`. */
export function probe(name: string, conditions: readonly Condition[]): ProbeResult {
  const problems: string[] = [];
  const lines = conditions.map((condition) => {
    const problem = problemOf(condition);
    if (problem === undefined) {
      const note = condition.note?.();
      return `[+]${condition.name} ok${note === undefined ? '' : `: ${note}`}`;
    }
    problems.push(problem);
    return `[-]${condition.name} failed: ${problem}`;
  });
  const ok = problems.length === 0;
  lines.push(`${name} check ${ok ? 'passed' : 'failed'}`);
  return { ok, message: ok ? 'ok' : problems.join('; '), verbose: `${lines.join('\n')}\n` };
}

/** A condition that throws does not hold. */
function problemOf(condition: Condition): string | undefined {
  try {
    return condition.problem();
  } catch (fault) {
    return `cannot tell (${fault instanceof Error ? fault.message : 'a bug'})`;
  }
}
