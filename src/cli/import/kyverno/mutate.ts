// `mutate.patchStrategicMerge` of Kyverno, as far as fill-ins of a policy do the same. Source: pkg/engine/mutate/patch of Kyverno,
// and https://kyverno.io/docs/policy-types/cluster-policy/mutate/ for the anchors.
import { isJsonObject, type JsonObject, ownField } from '../../../model/json.ts';
import { ALL_WORKLOADS } from '../../../workloads/index.ts';
import { qualifiedKind } from '../../../workloads/workload.ts';
import { FillIns } from '../fill-ins.ts';
import type { Import, Keys } from '../imported.ts';
import type { Matching } from '../matching.ts';
import type { Rule } from './rule.ts';

interface Filling {
  readonly group: Matching;
  readonly spec: JsonObject;
}

/** What fills in as the rule does, for each place that pod templates have in its kinds. */
export function fillIns(rule: Rule, group: Matching, into: Import): readonly Filling[] {
  const at = [...rule.keys, 'mutate', 'patchStrategicMerge'];
  const patch = ownField(ownField(rule.rule, 'mutate'), 'patchStrategicMerge');
  const condition = conditionIn(patch, at);
  if (condition) {
    const why =
      'the rule is left out: it depends on what else stands in the pod (match.conditions can ask for that, in CEL)';
    into.leaveOut(rule.policy, condition, why, 'laxer');
    return [];
  }
  const rows = group.kinds.flatMap((kind) => ALL_WORKLOADS.filter((row) => qualifiedKind(row) === kind));
  const filled = rows.filter(({ fillIn }) => fillIn);
  for (const row of rows) {
    if (filled.includes(row)) continue;
    const why = `a ${row.kind} is left as it is written: what its pods lack is filled in when they are created (write the rule for Pods)`;
    into.leaveOut(rule.policy, [...rule.keys, 'match'], why, 'laxer');
  }
  const byPlace = Map.groupBy(filled, ({ templates: [place = ''] }) => place);
  return [...byPlace].flatMap(([place, same]) => {
    const [template, keys] = templateIn(
      patch,
      at,
      place.split('/').filter((part) => part !== ''),
    );
    const result = new FillIns();
    walk(template, [], keys, false);
    if (result.isEmpty) {
      const why = `it changes nothing of the pod in a ${same[0]?.kind} that a policy fills in`;
      into.leaveOut(rule.policy, at, why, 'laxer');
      return [];
    }
    for (const { keys: where, why, effect } of result.notes) into.leaveOut(rule.policy, where, why, effect);
    return [{ group: { ...group, kinds: [...new Set(same.map(qualifiedKind))] }, spec: result.spec() }];

    /** @param path keys of the pod; `[]` for every entry of a list of containers */
    function walk(value: unknown, path: readonly string[], where: Keys, isAdded: boolean): void {
      if (path.length > 0 && result.add(path, withoutAnchors(value), { keys: where, replaces: !isAdded })) return;
      if (isContainers(path) && Array.isArray(value)) {
        for (const [index, item] of value.entries())
          walk(withoutName(item), [...path, '[]'], [...where, index], isAdded);
      } else if (isJsonObject(value)) {
        for (const [written, inside] of Object.entries(value)) {
          const { key, anchor } = anchorOf(written);
          walk(inside, [...path, key], [...where, written], isAdded || anchor === '+');
        }
      } else {
        into.leaveOut(rule.policy, where, 'no rule of a policy fills this in, or not with this value', 'laxer');
      }
    }
  });
}

function isContainers(path: readonly string[]): boolean {
  return path.length === 2 && path[0] === 'spec' && /^(c|initC|ephemeralC)ontainers$/.test(path[1] ?? '');
}

/** `+(name)`: the key `name`, which is only added. */
function anchorOf(written: string): { readonly key: string; readonly anchor: string } {
  const [, anchor = '', key = written] = /^([+<=X^]?)\((.*)\)$/.exec(written) ?? [];
  return { key, anchor: key === written ? '' : anchor || '()' };
}

/** Where a patch asks for something instead of setting it; `(name): "*"` of a container asks for nothing. */
function conditionIn(value: unknown, keys: Keys): Keys | undefined {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = conditionIn(item, [...keys, index]);
      if (found) return found;
    }
  } else if (isJsonObject(value)) {
    for (const [written, inside] of Object.entries(value)) {
      const { key, anchor } = anchorOf(written);
      const asks = anchor !== '' && anchor !== '+';
      if (asks && !(key === 'name' && (inside === '*' || inside === '?*'))) return [...keys, written];
      const found = conditionIn(inside, [...keys, written]);
      if (found) return found;
    }
  } else if (typeof value === 'string' && value.includes('{{')) {
    return keys;
  }
  return undefined;
}

/** The value without the marks of anchors, as it would stand in a pod. */
function withoutAnchors(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnchors);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [anchorOf(key).key, withoutAnchors(inside)]));
}

function withoutName(item: unknown): unknown {
  if (!isJsonObject(item)) return item;
  return Object.fromEntries(Object.entries(item).filter(([key]) => anchorOf(key).key !== 'name'));
}

/** The part of a patch that is about the pod template, by the keys as they are written. */
function templateIn(patch: unknown, at: Keys, place: readonly string[]): readonly [unknown, Keys] {
  let value = patch;
  let keys = at;
  for (const part of place) {
    const written = Object.keys(isJsonObject(value) ? value : {}).find((key) => anchorOf(key).key === part) ?? part;
    value = ownField(value, written);
    keys = [...keys, written];
  }
  return [value ?? {}, keys];
}
