// Pieces of CEL that imports are written with.
import { isGlob } from '../../model/glob.ts';

/** A literal. What JSON escapes in a string, CEL reads likewise. */
export function literal(value: string | number | boolean | readonly string[]): string {
  return JSON.stringify(value);
}

/** All of these hold; `true` where there are none. */
export function allOf(terms: readonly string[]): string {
  return joined(terms, ' && ', 'true');
}

/** One of these holds; `false` where there are none. */
export function anyOf(terms: readonly string[]): string {
  return joined(terms, ' || ', 'false');
}

function joined(terms: readonly string[], operator: string, none: string): string {
  const [first] = terms;
  if (first === undefined) return none;
  return terms.length === 1 ? first : `(${terms.join(operator)})`;
}

export function not(term: string): string {
  return `!${term.startsWith('(') || /^[\w.?]+\([^()]*\)$/.test(term) ? term : `(${term})`}`;
}

/** That a text matches a pattern in which `*` stands for any characters, slashes too, and `?` for one. */
export function matchesGlob(text: string, pattern: string): string {
  if (!isGlob(pattern)) return `${text} == ${literal(pattern)}`;
  const [start = '', end = '', ...more] = pattern.split('*');
  if (more.length === 0 && !pattern.includes('?')) {
    if (start === '' && end === '') return 'true';
    if (end === '') return `${text}.startsWith(${literal(start)})`;
    if (start === '') return `${text}.endsWith(${literal(end)})`;
  }
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return `${text}.matches(${literal(`^${expression}$`)})`;
}

/** Where labels are: those of the pod, or those of its namespace. */
export type Labelled = 'object' | 'namespaceObject';

/** One requirement of a label selector, as Kubernetes has it. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** That labels meet a requirement; undefined for an operator that Kubernetes does not have. */
export function meets(whose: Labelled, { key, operator, values }: Requirement): string | undefined {
  const label = `${whose}.metadata.?labels[?${literal(key)}]`;
  switch (operator) {
    case 'In':
      return `(${label}.hasValue() && ${label}.value() in ${literal(values)})`;
    case 'NotIn':
      return `!(${label}.hasValue() && ${label}.value() in ${literal(values)})`;
    case 'Exists':
      return `${label}.hasValue()`;
    case 'DoesNotExist':
      return `!${label}.hasValue()`;
    default:
      return undefined;
  }
}
