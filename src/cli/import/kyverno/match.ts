// `match` and `exclude` of Kyverno. Source: api/kyverno/v1/match_resources_types.go, pkg/engine/utils/match.go.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../model/json.ts';
import { ALL_WORKLOADS } from '../../../workloads/index.ts';
import { qualifiedKind } from '../../../workloads/workload.ts';
import { allOf, anyOf, literal, matchesGlob, not } from '../cel-text.ts';
import type { Import, Keys } from '../imported.ts';
import { type Condition, type Matching, objectsAt, operationTerm, selectorTerms, textsIn } from '../matching.ts';
import type { Rule } from './rule.ts';

/** One entry of `any` or `all`. */
interface Filter {
  readonly kinds: readonly string[];
  /** Kinds that hold no pod, or are not known. */
  readonly others: readonly string[];
  /** What it asks beside kinds, in CEL. */
  readonly terms: readonly string[];
  /** What cannot be said in CEL. */
  readonly unlike: readonly Keys[];
}

/** Which pods a rule is about: a matching for each set of kinds. None where it is about no pods, which is said. */
export function groupsOf(rule: Rule, into: Import): readonly Matching[] {
  const blocks = blockOf(ownField(rule.rule, 'match'), [...rule.keys, 'match']);
  for (const { others, keys } of blocks.filters) {
    if (others.length === 0) continue;
    const why = `${others.join(', ')}: ${others.length === 1 ? 'a kind that holds' : 'kinds that hold'} no pods, or that Sandgate does not know`;
    into.leaveOut(rule.policy, [...keys, 'resources', 'kinds'], why, 'laxer');
  }
  const unlike = blocks.filters.flatMap((filter) => filter.unlike);
  const [first] = unlike;
  if (first) {
    into.leaveOut(rule.policy, first, 'the rule is left out: a policy cannot say for whom or what it is', 'laxer');
    return [];
  }
  const filters = blocks.filters.filter(({ kinds }) => kinds.length > 0);
  const namespace = rule.policy.object.kind.kind === 'Policy' ? [ofNamespace(rule)] : [];
  if (blocks.isAll) {
    const [one] = filters;
    if (!one || filters.length < blocks.filters.length) return [];
    const kinds = one.kinds.filter((kind) => filters.every((filter) => filter.kinds.includes(kind)));
    const conditions = filters.flatMap((filter) => filter.terms.map((expression) => ({ name: 'match', expression })));
    return kinds.length === 0 ? [] : withExclusion(rule, { kinds, conditions: [...namespace, ...conditions] }, into);
  }
  return [...Map.groupBy(filters, ({ kinds }) => kinds.join(' ')).values()].flatMap((same) => {
    const kinds = same[0]?.kinds ?? [];
    const term = anyOf(same.map(({ terms }) => allOf(terms)));
    const [one] = same;
    const conditions =
      same.length === 1 && one
        ? one.terms.map((expression) => ({ name: 'match', expression }))
        : [{ name: 'match', expression: same.some(({ terms }) => terms.length === 0) ? 'true' : term }];
    return withExclusion(rule, { kinds, conditions: [...namespace, ...conditions] }, into);
  });
}

function ofNamespace({ policy }: Rule): Condition {
  const namespace = stringField(ownField(policy.object.value, 'metadata'), 'namespace') ?? 'default';
  return { name: 'namespace', expression: `request.?namespace.orValue("") == ${literal(namespace)}` };
}

/** The matching without what `exclude` takes out. What it cannot say of that is said, and not taken out. */
function withExclusion(rule: Rule, matching: Matching, into: Import): readonly Matching[] {
  const keys = [...rule.keys, 'exclude'];
  const { filters, isAll } = blockOf(ownField(rule.rule, 'exclude'), keys);
  const about = filters.filter(({ kinds, others }) => kinds.length > 0 || others.length === 0);
  const unlike = (filter: Filter): Keys | undefined => {
    const named = filter.kinds.length === 0 && filter.others.length === 0 ? matching.kinds : filter.kinds;
    if (!matching.kinds.every((kind) => named.includes(kind))) {
      return matching.kinds.some((kind) => named.includes(kind)) ? [...keys] : undefined;
    }
    return filter.unlike[0];
  };
  const applies = about.filter(
    ({ kinds, others }) =>
      (kinds.length === 0 && others.length === 0) || matching.kinds.some((kind) => kinds.includes(kind)),
  );
  if (isAll && applies.length < filters.length) return [matching];
  const bad = applies.map(unlike);
  for (const at of bad) {
    if (at) into.leaveOut(rule.policy, at, 'not excluded: a policy cannot say for whom or what it is', 'stricter');
  }
  if (isAll && bad.some((at) => at !== undefined)) return [matching];
  const usable = applies.filter((_, index) => bad[index] === undefined);
  if (usable.length === 0) return [matching];
  const terms = usable.map((filter) => allOf(filter.terms));
  const expression = not(isAll ? allOf(usable.flatMap((filter) => filter.terms)) : anyOf(terms));
  if (terms.includes('true') && (!isAll || terms.every((term) => term === 'true'))) return [];
  return [{ ...matching, conditions: [...matching.conditions, { name: 'not-excluded', expression }] }];
}

interface Block {
  readonly isAll: boolean;
  readonly filters: readonly (Filter & { readonly keys: Keys })[];
}

/** `{ any: […] }`, `{ all: […] }`, or the older form, which is one filter. */
export function blockOf(block: unknown, keys: Keys): Block {
  const all = ownField(block, 'all');
  const list = all ?? ownField(block, 'any');
  if (list === undefined) {
    const filters = isJsonObject(block) && Object.keys(block).length > 0 ? [filterOf(block, keys)] : [];
    return { isAll: true, filters };
  }
  const key = all === undefined ? 'any' : 'all';
  return {
    isAll: key === 'all',
    filters: objectsAt(list).map(([filter, index]) => filterOf(filter, [...keys, key, index])),
  };
}

function filterOf(filter: JsonObject, keys: Keys): Filter & { readonly keys: Keys } {
  const terms: string[] = [];
  const unlike: Keys[] = [];
  const resources = ownField(filter, 'resources');
  const named = textsIn(ownField(resources, 'kinds'));
  const kinds = named.map(kindsOf);
  for (const [key, value] of Object.entries(resources ?? {})) {
    if (key === 'kinds') continue;
    const term = resourceTerm(key, value);
    if (term === undefined) unlike.push([...keys, 'resources', key]);
    else if (term !== 'true') terms.push(term);
  }
  for (const [key, value] of Object.entries(filter)) {
    if (key === 'resources') continue;
    const subjects = key === 'subjects' ? objectsAt(value).map(([subject]) => subjectTerm(subject)) : [undefined];
    if (subjects.every((term) => term !== undefined) && subjects.length > 0) terms.push(anyOf(subjects));
    else if (!(Array.isArray(value) && value.length === 0)) unlike.push([...keys, key]);
  }
  return {
    keys,
    kinds: [...new Set(kinds.flat())],
    others: named.filter((_, index) => kinds[index]?.length === 0),
    terms,
    unlike,
  };
}

/** Our kinds for `Pod`, `*`, `v1/Pod`, `apps/v1/Deployment` and `Pod/ephemeralcontainers`; none for those that hold no pods. */
function kindsOf(text: string): readonly string[] {
  const parts = text.split('/');
  const at = parts.findIndex((part) => /^[A-Z*]/.test(part) && (part !== '*' || parts.at(-1) === part));
  const [kind, subresource] = [parts[at], parts[at + 1]];
  if (kind === undefined || (subresource !== undefined && subresource !== 'ephemeralcontainers')) return [];
  if (kind === '*') return ['Pod'];
  const group = at >= 2 ? parts[at - 2] : at === 1 && /^v\d/.test(parts[0] ?? '') ? undefined : parts[at - 1];
  const found = ALL_WORKLOADS.filter(
    (row) => row.kind === kind && (group === undefined || group === '*' || group === row.group),
  );
  return [...new Set(found.map(qualifiedKind))];
}

const NAME = 'object.metadata.?name.orValue("")';
const NAMESPACE = 'request.?namespace.orValue("")';

/** A field of `resources` in CEL; undefined where that cannot say it. */
function resourceTerm(key: string, value: unknown): string | undefined {
  switch (key) {
    case 'name':
      return typeof value === 'string' ? matchesGlob(NAME, value) : undefined;
    case 'names':
      return anyOf(textsIn(value).map((name) => matchesGlob(NAME, name)));
    case 'namespaces':
      return anyOf(textsIn(value).map((name) => matchesGlob(NAMESPACE, name)));
    case 'operations':
      return operationTerm(textsIn(value));
    case 'selector':
      return termsOf(selectorTerms('object', value));
    case 'namespaceSelector':
      return termsOf(selectorTerms('namespaceObject', value));
    case 'annotations': {
      const pairs = Object.entries(isJsonObject(value) ? value : {});
      if (pairs.some(([name, text]) => /[*?]/.test(name) || typeof text !== 'string')) return undefined;
      return allOf(
        pairs.map(([name, text]) => {
          const annotation = `object.metadata.?annotations[?${literal(name)}]`;
          return `(${annotation}.hasValue() && ${matchesGlob(`${annotation}.value()`, String(text))})`;
        }),
      );
    }
    default:
      return undefined;
  }
}

function termsOf(terms: readonly string[] | undefined): string | undefined {
  return terms && allOf(terms);
}

function subjectTerm(subject: JsonObject): string | undefined {
  const [kind, name = ''] = [stringField(subject, 'kind'), stringField(subject, 'name')];
  const user = 'request.userInfo.?username.orValue("")';
  if (kind === 'User') return matchesGlob(user, name);
  if (kind === 'Group') return `request.userInfo.?groups.orValue([]).exists(g, ${matchesGlob('g', name)})`;
  const namespace = stringField(subject, 'namespace');
  if (kind !== 'ServiceAccount' || namespace === undefined) return undefined;
  return matchesGlob(user, `system:serviceaccount:${namespace}:${name}`);
}
