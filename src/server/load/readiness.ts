// What /readyz and /livez say: a list of conditions, each of which holds or says in words why not.

/** Something that must hold. */
export interface Condition {
  /** As `?verbose` lists it. */
  readonly name: string;
  /** In words why it does not hold; undefined while it does. */
  readonly problem: () => string | undefined;
}

/** What a probe is told. */
export interface ProbeResult {
  readonly ok: boolean;
  /** One line: `ok`, or every condition that fails. */
  readonly message: string;
  /** A line for each condition and one for all, in the form of a kube-apiserver. */
  readonly verbose: string;
}

/** Policies are there. A gate without any lets everything through, which must not pass for a webhook that works. */
export function policiesLoaded(count: () => number): Condition {
  return { name: 'policies', problem: () => (count() > 0 ? undefined : 'no policies are loaded') };
}

/** In words what does not hold yet; undefined from when everything did: for conditions that hold for good once they do. */
export function allKnown(conditions: readonly Condition[]): () => string | undefined {
  let known = false;
  return () => {
    if (known) return undefined;
    const problems = conditions.flatMap((condition) => problemOf(condition) ?? []);
    known = problems.length === 0;
    return known ? undefined : problems.join('; ');
  };
}

/** Nobody has asked for an end yet. */
export function notDraining(isDraining: () => boolean): Condition {
  return { name: 'shutdown', problem: () => (isDraining() ? 'shutting down' : undefined) };
}

/** Asks every condition. `probe` is the name of the whole: `readyz`. */
export function probe(name: string, conditions: readonly Condition[]): ProbeResult {
  const problems: string[] = [];
  const lines = conditions.map((condition) => {
    const problem = problemOf(condition);
    if (problem === undefined) return `[+]${condition.name} ok`;
    problems.push(problem);
    return `[-]${condition.name} failed: ${problem}`;
  });
  const ok = problems.length === 0;
  lines.push(`${name} check ${ok ? 'passed' : 'failed'}`);
  return { ok, message: ok ? 'ok' : problems.join('; '), verbose: `${lines.join('\n')}\n` };
}

/** A condition that cannot tell does not hold. */
function problemOf(condition: Condition): string | undefined {
  try {
    return condition.problem();
  } catch (fault) {
    return `cannot tell (${fault instanceof Error ? fault.message : 'a bug'})`;
  }
}
