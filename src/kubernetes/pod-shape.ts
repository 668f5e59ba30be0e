// Checks that a pod template has the types Kubernetes gives its fields. The API server guarantees that for pods; custom
// resources and files can hold anything, and a rule that reads a string as a list of containers would find nothing wrong
// with it. What the API server reads is never called a wrong type: a field that is null is absent, and a field that the
// table does not have can hold anything.
//
// Whether a template is right is asked on every review, and answered by compiled code. What is wrong with one is looked
// for in the table, and only then. A test holds the two against each other.
import { isJsonObject } from '../model/json.ts';
import { compileShape } from './compile-shape.ts';
import { step } from './field-path.ts';
import { type FieldType, fieldsOf, isTypeName, type ScalarName, type TypeName } from './field-type.ts';
import type { PodTemplate } from './pod.ts';
import { entriesIn, MOST_ENTRIES } from './template-size.ts';

/** Compiled at the first use, which for a server is its warm-up. */
let accepts: ((value: unknown) => boolean) | undefined;

/** What is expected of a template with more entries than are read. */
export const TOO_LARGE = `smaller: no more than ${MOST_ENTRIES} labels, annotations, containers, volumes and entries of their lists`;

/** Of thousands of wrong entries the first few say enough. */
const MOST_PROBLEMS = 20;

/** A field of the wrong type. */
export interface ShapeProblem {
  /** Inside the template: `spec.containers[0].image`; empty for the template itself. */
  readonly path: string;
  /** What it must be: `a string`, `a list` and so on, as Kubernetes would have it. */
  readonly expected: string;
}

/** True where every field that Kubernetes knows has the type Kubernetes gives it, and there are not too many of them. */
export function isPodTemplate(value: unknown): value is PodTemplate {
  accepts ??= compileShape('PodTemplateSpec');
  return entriesIn(value) <= MOST_ENTRIES && accepts(value);
}

/**
 * What is wrong with the types of a template, in the order in which it has its fields, the first twenty problems; empty
 * where {@link isPodTemplate} accepts it.
 */
export function shapeProblems(value: unknown): readonly ShapeProblem[] {
  if (entriesIn(value) > MOST_ENTRIES) return [{ path: '', expected: TOO_LARGE }];
  const problems: ShapeProblem[] = [];
  collectEntry(value, 'PodTemplateSpec', '', problems);
  return problems;
}

/** What a scalar must be, in words, and the test for it. */
const SCALARS: Readonly<Record<ScalarName, readonly [expected: string, fits: (value: unknown) => boolean]>> = {
  string: ['a string', isString],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  integer: ['an integer', Number.isInteger],
  quantity: ['a string or a number', (value) => isString(value) || typeof value === 'number' || value === null],
  intOrString: ['an integer or a string', (value) => isString(value) || Number.isInteger(value)],
  any: ['anything', () => true],
};

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** The problems of a field that is there. Paths have a dot in front until they are written down. */
function collectField(value: unknown, { form, name }: FieldType, path: string, problems: ShapeProblem[]): void {
  if (form === 'single') {
    collectEntry(value, name, path, problems);
  } else if (form === 'list') {
    if (!Array.isArray(value)) note('a list', path, problems);
    else for (const [index, entry] of value.entries()) collectEntry(entry, name, `${path}[${index}]`, problems);
  } else if (isJsonObject(value)) {
    for (const [key, entry] of Object.entries(value)) collectEntry(entry, name, path + step(key), problems);
  } else {
    note('an object', path, problems);
  }
}

/** The problems of one value: a field, or an entry of a list or a map. */
function collectEntry(value: unknown, name: ScalarName | TypeName, path: string, problems: ShapeProblem[]): void {
  if (problems.length >= MOST_PROBLEMS) return;
  if (!isTypeName(name)) {
    const [expected, fits] = SCALARS[name];
    if (!fits(value)) note(expected, path, problems);
  } else if (isJsonObject(value)) {
    const types = fieldsOf(name);
    for (const [key, member] of Object.entries(value)) {
      const type = types.get(key);
      if (type && member !== null && member !== undefined) collectField(member, type, path + step(key), problems);
    }
  } else {
    note('an object', path, problems);
  }
}

function note(expected: string, path: string, problems: ShapeProblem[]): void {
  if (problems.length < MOST_PROBLEMS) problems.push({ path: path.startsWith('.') ? path.slice(1) : path, expected });
}
