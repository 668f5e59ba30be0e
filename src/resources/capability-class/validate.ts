// Holds documents against the schema of capability classes. Of Kubernetes' types only those are compiled that a document
// has: all seventy would take longer than everything else at a start.
import type { ErrorObject, SchemaObject, ValidateFunction } from 'ajv';
import type { DataValidationCxt } from 'ajv/dist/types/index.js';
import type { CapabilityClassDocument } from '../../grants/spec.ts';
import { FRAGMENTS } from '../../kubernetes/schema/fragments.ts';
import { SCALARS } from '../../kubernetes/schema/scalars.ts';
import { isJsonObject } from '../../model/json.ts';
import { createAjv, whenNeeded } from '../ajv.ts';
import { type DocumentProblem, problemsOf } from '../problems.ts';
import { CAPABILITY_CLASS_SCHEMA } from './schema.ts';

const DEFINITION = '#/$defs/';
const KEYWORD = 'fragment';

/** Errors inside fragments. ajv reports errors of a custom keyword at the whole fragment, so they are collected here. */
let inside: readonly ErrorObject[] = [];

const accepts = whenNeeded(() => {
  const ajv = createAjv();
  const compiled = new Map<string, ValidateFunction>();
  const validate = (name: string, value: unknown, _schema?: unknown, context?: DataValidationCxt): boolean => {
    const known = compiled.get(name);
    const validator = known ?? ajv.compile(withFragments(FRAGMENTS[name] ?? {}));
    if (!known) compiled.set(name, validator);
    const before = inside;
    inside = [];
    const accepted = validator(value);
    const errors = [...withoutMarks(validator.errors ?? []), ...inside];
    const path = context?.instancePath ?? '';
    inside = [...before, ...errors.map((error) => ({ ...error, instancePath: path + error.instancePath }))];
    return accepted;
  };
  ajv.addKeyword({ keyword: KEYWORD, schemaType: 'string', validate });
  const { $defs: _, ...schema } = CAPABILITY_CLASS_SCHEMA;
  return ajv.compile<CapabilityClassDocument>(withFragments(schema));
});

/** True for a class without problems of form. Tells TypeScript so, too. */
export function isCapabilityClass(value: unknown): value is CapabilityClassDocument {
  inside = [];
  return accepts(value);
}

/** What the schema finds wrong with a document: every problem, those inside Kubernetes' types last. */
export function classSchemaProblems(value: unknown): readonly DocumentProblem[] {
  return isCapabilityClass(value) ? [] : problemsOf([...withoutMarks(accepts.errors()), ...inside]);
}

function withoutMarks(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  return errors.filter((error) => error.keyword !== KEYWORD);
}

/** The schema with the name of a type where it refers to one; scalars are put in as they are. */
function withFragments(schema: SchemaObject): SchemaObject {
  return Object.fromEntries(Object.entries(schema).map(([key, member]) => [key, replaced(member)]));
}

function replaced(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(replaced);
  if (!isJsonObject(schema)) return schema;
  const { $ref, ...rest } = schema;
  if (typeof $ref !== 'string') return withFragments(schema);
  const name = $ref.slice(DEFINITION.length);
  return { ...(Object.hasOwn(SCALARS, name) ? SCALARS[name] : { [KEYWORD]: name }), ...rest };
}
