// Compiles the table of pod fields to JavaScript, as ajv compiles a JSON Schema. A template is held against the table on
// every review, and code that asks for each field by its name takes a tenth of the time of a walk through the table. (ajv
// itself takes most of a second to compile 500 fields; this takes a millisecond.) Nothing but names of the table becomes
// code: no input does.
import { type FieldType, fieldsOf, isTypeName, type ScalarName, type TypeName } from './field-type.ts';

/** Whether a value is an object, and every field of it that the table has is absent, null or of the table's type. */
export function compileShape(root: TypeName): (value: unknown) => boolean {
  const functions = new Map<TypeName, string>();
  addFunction(root, functions);
  // oxlint-disable-next-line typescript/no-implied-eval
  const make = new Function(`${[...functions.values()].join('\n')}\nreturn ${root};`);
  const shape: unknown = Reflect.apply(make, undefined, []);
  if (!isPredicate(shape)) throw new TypeError('the table of pod fields did not become a function');
  return shape;
}

function isPredicate(value: unknown): value is (value: unknown) => boolean {
  return typeof value === 'function';
}

/** Adds the function of a type, and of every type that its fields have. */
function addFunction(name: TypeName, functions: Map<TypeName, string>): void {
  if (functions.has(name)) return;
  const lines = [`function ${name}(v) {`, `if (${notObject('v')}) return false;`, 'let x;'];
  for (const [field, type] of fieldsOf(name)) {
    lines.push(`x = v.${field};`, `if (x !== undefined && x !== null) { ${statement(type)} }`);
  }
  functions.set(name, [...lines, 'return true;', '}'].join('\n'));
  for (const type of fieldsOf(name).values()) if (isTypeName(type.name)) addFunction(type.name, functions);
}

/** Returns false where `x`, which is neither null nor undefined, is of another type. */
function statement({ form, name }: FieldType): string {
  if (form === 'single') return `if (!(${test(name, 'x')})) return false;`;
  const entry = `if (!(${test(name, 'y')})) return false;`;
  if (form === 'map') return `if (${notObject('x')}) return false; for (const key in x) { const y = x[key]; ${entry} }`;
  return `if (!Array.isArray(x)) return false; for (let i = 0; i < x.length; i++) { const y = x[i]; ${entry} }`;
}

function notObject(variable: string): string {
  return `typeof ${variable} !== 'object' || ${variable} === null || Array.isArray(${variable})`;
}

function test(name: ScalarName | TypeName, y: string): string {
  return isTypeName(name) ? `${name}(${y})` : SCALAR_TESTS[name](y);
}

const SCALAR_TESTS: Readonly<Record<ScalarName, (y: string) => string>> = {
  string: (y) => `typeof ${y} === 'string'`,
  boolean: (y) => `typeof ${y} === 'boolean'`,
  integer: (y) => `Number.isInteger(${y})`,
  // A null entry of a map of quantities is zero to the API server (Quantity.UnmarshalJSON).
  quantity: (y) => `typeof ${y} === 'string' || typeof ${y} === 'number' || ${y} === null`,
  intOrString: (y) => `typeof ${y} === 'string' || Number.isInteger(${y})`,
  any: () => 'true',
};
