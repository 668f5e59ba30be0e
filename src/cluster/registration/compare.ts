// Whether a webhook configuration is as it should be. The API server adds fields to what it is sent, and others may add to a
// configuration what is theirs: everything of ours has to be there, and what else is there does not matter. By the selectors and the
// conditions of our webhooks the API server decides what it does not ask us about: nobody may add to them.
import { isJsonObject, type JsonObject, ownField, sameJson, stringField } from '../../model/json.ts';
import { FORMER_CA_ANNOTATION } from '../../model/names.ts';
import { fingerprintsIn, hasAll } from './ca-bundle.ts';

/**
 * The first field of ours that is missing or another; undefined where there is none.
 *
 * @param live as the API server has it
 * @param wanted as it would be applied
 */
export function differenceBetween(live: JsonObject, wanted: JsonObject): string | undefined {
  return (
    metadataDifference(ownField(live, 'metadata'), ownField(wanted, 'metadata')) ??
    webhooksDifference(ownField(live, 'webhooks'), ownField(wanted, 'webhooks'))
  );
}

function metadataDifference(live: unknown, wanted: unknown): string | undefined {
  for (const key of ['labels', 'annotations']) {
    const { [FORMER_CA_ANNOTATION]: wantedUntil, ...rest } = mapOf(ownField(wanted, key));
    const there = mapOf(ownField(live, key));
    const difference = fieldDifference(there, rest, `metadata.${key}`);
    if (difference !== undefined) return difference;
    // Each replica would have it end at another moment: what matters is whether it does.
    if ((there[FORMER_CA_ANNOTATION] === undefined) !== (wantedUntil === undefined)) {
      return `metadata.${key}.${FORMER_CA_ANNOTATION}`;
    }
  }
  const owners = listOf(ownField(live, 'ownerReferences'));
  for (const owner of listOf(ownField(wanted, 'ownerReferences'))) {
    const isThere = owners.some((other) => fieldDifference(other, withoutUid(owner), '') === undefined);
    if (!isThere) return 'metadata.ownerReferences';
  }
  return undefined;
}

/** Owners are looked up when something is written, and not to compare: garbage collection deletes what has a wrong one. */
function withoutUid(owner: unknown): JsonObject {
  const { uid: _, ...rest } = mapOf(owner);
  return rest;
}

function webhooksDifference(live: unknown, wanted: unknown): string | undefined {
  const there = new Map(listOf(live).map((webhook) => [stringField(webhook, 'name'), webhook]));
  for (const webhook of listOf(wanted)) {
    const name = stringField(webhook, 'name');
    const other = there.get(name);
    const path = `webhooks[${name}]`;
    if (other === undefined) return path;
    const difference = webhookDifference(mapOf(other), mapOf(webhook), path);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function webhookDifference(live: JsonObject, wanted: JsonObject, path: string): string | undefined {
  const { clientConfig: there, ...liveRest } = live;
  const { clientConfig, ...rest } = wanted;
  const { caBundle, ...client } = mapOf(clientConfig);
  const liveBundle = fingerprintsIn(stringField(there, 'caBundle') ?? '');
  const bundle = fingerprintsIn(typeof caBundle === 'string' ? caBundle : '');
  if (!hasAll(bundle, liveBundle) || !hasAll(liveBundle, bundle)) return `${path}.clientConfig.caBundle`;
  return (
    fieldDifference(there, client, `${path}.clientConfig`) ??
    fieldDifference(liveRest, rest, path) ??
    narrowingDifference(liveRest, rest, path)
  );
}

/** The fields of a webhook that are label selectors. Absent, they select everything. */
export const SELECTORS = ['namespaceSelector', 'objectSelector'] as const;

/** What is added to our selectors and conditions. */
function narrowingDifference(live: JsonObject, wanted: JsonObject, path: string): string | undefined {
  for (const key of SELECTORS) {
    if (!sameJson(wholeSelector(live[key]), wholeSelector(wanted[key]))) return `${path}.${key}`;
  }
  return hasAddedConditions(live, wanted) ? `${path}.matchConditions` : undefined;
}

/** True where a webhook has conditions that the other one does not have. */
export function hasAddedConditions(live: unknown, wanted: unknown): boolean {
  const ours = conditionNames(wanted);
  return [...conditionNames(live)].some((name) => !ours.has(name));
}

/** The names of the conditions of a webhook. */
export function conditionNames(webhook: unknown): ReadonlySet<string> {
  return new Set(listOf(ownField(webhook, 'matchConditions')).map((one) => stringField(one, 'name') ?? ''));
}

/** With what the API server leaves out. */
function wholeSelector(selector: unknown): JsonObject {
  return {
    matchLabels: mapOf(ownField(selector, 'matchLabels')),
    matchExpressions: listOf(ownField(selector, 'matchExpressions')).map((one) => ({
      ...mapOf(one),
      values: listOf(ownField(one, 'values')),
    })),
  };
}

/** Every field of what is wanted, in order; in lists nothing else may be. */
function fieldDifference(live: unknown, wanted: unknown, path: string): string | undefined {
  if (Array.isArray(wanted)) {
    const there = listOf(live);
    if (there.length !== wanted.length) return path;
    for (const [index, member] of wanted.entries()) {
      const difference = fieldDifference(there[index], member, `${path}[${index}]`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (!isJsonObject(wanted)) return live === wanted ? undefined : path;
  for (const [key, value] of Object.entries(wanted)) {
    const difference = fieldDifference(ownField(live, key), value, `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mapOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
