// Pieces of the expressions that say of a pod what a check says of it. They are written for the API server's CEL, in which a pod is as
// it is stored: no field is null, and lists of containers are there or not.

/** An expression about the pod in a variable: `object`, or `oldObject` where an update is asked what it found. */
export type Term = (pod: string) => string;

/** All containers of a pod, of every list. */
export function containersOf(pod: string): string {
  return `(${pod}.spec.containers + ${pod}.spec.?initContainers.orValue([]) + ${pod}.spec.?ephemeralContainers.orValue([]))`;
}

/** That something holds for each container `c`. */
export function eachContainer(of: (pod: string) => string): Term {
  return (pod) => `${containersOf(pod)}.all(c, ${of(pod)})`;
}

/** That something holds for a security context, written as an optional, of the pod and of each container. */
export function eachContext(of: (context: string) => string): Term {
  return (pod) => `${of(`${pod}.spec.?securityContext`)} && ${containersOf(pod)}.all(c, ${of('c.?securityContext')})`;
}

/** The term, or that another one holds. */
export function unless(exempt: (pod: string) => string, term: Term): Term {
  return (pod) => `(${exempt(pod)}) || (${term(pod)})`;
}

/** That both hold. */
export function both(a: Term, b: Term): Term {
  return (pod) => `(${a(pod)}) && (${b(pod)})`;
}

/** A string or a list of strings as CEL has it, in single quotes as people write them. */
export function literal(value: string | readonly string[]): string {
  if (typeof value !== 'string') return `[${value.map(literal).join(', ')}]`;
  return `'${JSON.stringify(value).slice(1, -1).replaceAll("'", String.raw`\'`).replaceAll(String.raw`\"`, '"')}'`;
}
