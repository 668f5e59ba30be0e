// Which pods an imported rule is about, put together piece by piece.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { type Labelled, literal, meets, type Requirement } from './cel-text.ts';

/** The `match` of a policy, before it is one. */
export interface Matching {
  readonly kinds: readonly string[];
  readonly namespaceSelector?: JsonObject | undefined;
  readonly objectSelector?: JsonObject | undefined;
  /** Expressions in CEL that all hold, by their names. */
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly name: string;
  readonly expression: string;
}

/** The `match` of a policy. */
export function matchOf({ kinds, namespaceSelector, objectSelector, conditions }: Matching): JsonObject {
  const distinct = [...new Map(conditions.map((condition) => [condition.expression, condition])).values()].filter(
    ({ expression }) => expression !== 'true',
  );
  return {
    kinds,
    ...(namespaceSelector && !isEmpty(namespaceSelector) && { namespaceSelector }),
    ...(objectSelector && !isEmpty(objectSelector) && { objectSelector }),
    ...(distinct.length > 0 && { conditions: withNames(distinct) }),
  };
}

function withNames(conditions: readonly Condition[]): readonly Condition[] {
  const seen = new Map<string, number>();
  return conditions.map(({ name, expression }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { name: count === 1 ? name : `${name}-${count}`, expression };
  });
}

function isEmpty(selector: JsonObject): boolean {
  return Object.keys(selector).length === 0;
}

/** The requirements of a label selector; undefined where it is not one that Kubernetes has. */
export function requirementsIn(selector: unknown): readonly Requirement[] | undefined {
  if (!isJsonObject(selector)) return undefined;
  if (Object.keys(selector).some((key) => key !== 'matchLabels' && key !== 'matchExpressions')) return undefined;
  const found: Requirement[] = [];
  for (const [key, value] of Object.entries(ownField(selector, 'matchLabels') ?? {})) {
    if (typeof value !== 'string') return undefined;
    found.push({ key, operator: 'In', values: [value] });
  }
  const expressions = ownField(selector, 'matchExpressions') ?? [];
  if (!Array.isArray(expressions)) return undefined;
  for (const expression of expressions) {
    const [key, operator] = [stringField(expression, 'key'), stringField(expression, 'operator')];
    if (key === undefined || operator === undefined) return undefined;
    found.push({ key, operator, values: textsIn(ownField(expression, 'values')) });
  }
  return found;
}

/** A label selector as terms in CEL; undefined where it cannot be one. */
export function selectorTerms(whose: Labelled, selector: unknown): readonly string[] | undefined {
  const requirements = requirementsIn(selector);
  if (requirements?.some(({ key, values }) => [key, ...values].some((text) => /[*?]/.test(text)))) return undefined;
  const terms = requirements?.map((requirement) => meets(whose, requirement));
  return terms?.every((term) => term !== undefined) ? terms : undefined;
}

/** The strings of a list; none where it is not a list. */
export function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** The objects of a list, with their places in it. */
export function objectsAt(list: unknown): readonly (readonly [JsonObject, number])[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index): [JsonObject, number][] => (isJsonObject(item) ? [[item, index]] : []));
}

/** That the request is one of these operations; `true` where these are all that Sandgate judges. */
export function operationTerm(operations: readonly string[]): string {
  const judged = operations.filter((operation) => operation === 'CREATE' || operation === 'UPDATE');
  if (operations.includes('*') || judged.length === 2 || operations.length === 0) return 'true';
  return judged.length === 0 ? 'false' : `request.operation == ${literal(judged[0] ?? '')}`;
}
