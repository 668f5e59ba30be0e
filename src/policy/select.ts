// Finds the policies that match, without asking those that cannot: by kind, then by one label of each policy.
import type { CapabilityClass, CapabilityClasses } from '../grants/class.ts';
import type { JsonObject } from '../model/json.ts';
import { compareBytewise } from '../model/text.ts';
import { BUILT_IN, kindNamed } from '../workloads/index.ts';
import { type Anchor, chooseAnchors, type Owner } from './anchor.ts';
import { type ExceptionIndex, NO_EXCEPTIONS } from './exception-index.ts';
import type { Exception } from './exceptions.ts';
import type { MatchInput, Policy, PolicySet, ResourceInForce } from './policy.ts';
import { labelOf } from './selector.ts';
import type { MatchSpec } from './spec.ts';

/** A policy, and the selectors it was compiled from. */
export interface Selectable {
  readonly policy: Policy;
  readonly match: MatchSpec;
}

/** A policy and its place in the order of all policies. */
interface Ranked {
  readonly policy: Policy;
  readonly rank: number;
}

/** The policies whose anchor is one label. */
interface LabelTable {
  readonly byValue: Map<string, Ranked[]>;
  readonly anyValue: Ranked[];
}

/** The policies for one kind of workload. */
interface KindTable {
  readonly namespace: Map<string, LabelTable>;
  readonly pod: Map<string, LabelTable>;
  /** Policies that require no label. */
  readonly unanchored: Ranked[];
}

const NONE: readonly Policy[] = Object.freeze([]);
const NO_LABELS: JsonObject = Object.freeze({});

/** Up to here, looking every one of them up costs less than listing an object's labels. */
const FEW_LABELS = 4;

const NO_CLASSES: CapabilityClasses = new Map<string, CapabilityClass>();
const NO_RESOURCES: PolicySet['resources'] = new Map<string, readonly ResourceInForce[]>();

/**
 * Makes the set of all policies in force.
 * @param classes the classes that policies can list, by name
 * @param resources everything of our own kinds that is in force, by kind
 * @param exceptions those of namespaces
 * @param workloads the kinds that hold pod templates
 */
export function createPolicySet(
  selectables: readonly Selectable[],
  classes = NO_CLASSES,
  resources = NO_RESOURCES,
  exceptions = NO_EXCEPTIONS,
  workloads = BUILT_IN,
): PolicySet {
  const ordered = [...selectables].sort((a, b) => inOrder(a.policy, b.policy));
  const anchors = chooseAnchors(ordered.map((selectable) => selectable.match));
  const listed = new Set(ordered.flatMap(({ match }) => [...(kindsOf(match) ?? [])]));
  const tables = new Map([...listed].map((kind) => [kind, emptyTable()]));
  /** For kinds that no policy names: only policies for every kind can match. */
  const elsewhere = emptyTable();
  for (const [rank, { policy, match }] of ordered.entries()) {
    const kinds = kindsOf(match);
    for (const [kind, table] of tables) if (kinds?.has(kind) ?? true) add(table, { policy, rank }, anchors[rank]);
    if (!kinds) add(elsewhere, { policy, rank }, anchors[rank]);
  }
  const policies = Object.freeze(ordered.map((selectable) => selectable.policy));
  return {
    policies,
    needsNamespaceLabels: ordered.some((selectable) => selectable.policy.needsNamespaceLabels),
    judgesConnections: policies.some(({ connections }) => connections.length > 0),
    judgesRoleBindings: policies.some(({ bindings }) => bindings.length > 0),
    needsNamespaceAnnotations: ordered.some(({ policy }) => policy.needsFacts.namespaceAnnotation !== undefined),
    needsMoment: needsMoment(policies, exceptions),
    classes,
    exceptions,
    workloads,
    enforcedKinds: new Set(ordered.flatMap(({ policy }) => [...(policy.enforcement?.keys() ?? [])])),
    resources,
    select: (input) => selectFrom(tables.get(input.kind) ?? elsewhere, input),
  };
}

/** The qualified kinds a match lists, or undefined where it is about every kind. */
export function kindsOf(match: MatchSpec): ReadonlySet<string> | undefined {
  return match.kinds && new Set(match.kinds.map(kindNamed));
}

/** True where some exception, of a policy or of a namespace, ends. */
export function needsMoment(policies: readonly Policy[], { all }: ExceptionIndex): boolean {
  return policies.some(hasEnd) || all.some(({ exception }) => ends(exception));
}

function hasEnd({ exceptions }: Policy): boolean {
  return [...(exceptions?.values() ?? [])].some((list) => list.some(ends));
}

function ends({ use }: Exception): boolean {
  return use.end !== undefined;
}

/** Orders policies as they are asked: higher priority first, then by name. */
export function inOrder(a: Policy, b: Policy): number {
  return b.priority - a.priority || compareBytewise(a.name, b.name);
}

function emptyTable(): KindTable {
  return { namespace: new Map(), pod: new Map(), unanchored: [] };
}

function add(table: KindTable, ranked: Ranked, anchor: Anchor | undefined): void {
  if (!anchor) {
    table.unanchored.push(ranked);
    return;
  }
  const labels = table[anchor.owner];
  const label = labels.get(anchor.key) ?? { byValue: new Map<string, Ranked[]>(), anyValue: [] };
  labels.set(anchor.key, label);
  if (!anchor.values) label.anyValue.push(ranked);
  for (const value of anchor.values ?? []) {
    const bucket = label.byValue.get(value);
    if (bucket) bucket.push(ranked);
    else label.byValue.set(value, [ranked]);
  }
}

function selectFrom(table: KindTable, input: MatchInput): readonly Policy[] {
  const found: Ranked[] = [];
  collect(table.unanchored, input, found);
  collectByLabel(table, 'namespace', input.namespaceLabels ?? NO_LABELS, input, found);
  collectByLabel(table, 'pod', input.labels, input, found);
  if (found.length === 0) return NONE;
  if (found.length > 1) found.sort((a, b) => a.rank - b.rank);
  return found.map((ranked) => ranked.policy);
}

/** Goes through the labels of the index, or where those are many and the object has fewer, through the object's. */
function collectByLabel(table: KindTable, owner: Owner, labels: JsonObject, input: MatchInput, found: Ranked[]): void {
  const index = table[owner];
  const keys = index.size > FEW_LABELS ? Object.keys(labels) : undefined;
  if (keys && keys.length < index.size) {
    for (const key of keys) collectLabel(index.get(key), labelOf(labels, key), input, found);
  } else {
    for (const [key, label] of index) collectLabel(label, labelOf(labels, key), input, found);
  }
}

function collectLabel(
  label: LabelTable | undefined,
  value: string | undefined,
  input: MatchInput,
  found: Ranked[],
): void {
  if (!label || value === undefined) return;
  collect(label.anyValue, input, found);
  collect(label.byValue.get(value), input, found);
}

function collect(candidates: readonly Ranked[] | undefined, input: MatchInput, found: Ranked[]): void {
  if (!candidates) return;
  for (const ranked of candidates) {
    if (ranked.policy.mismatch(input) === undefined) found.push(ranked);
  }
}
