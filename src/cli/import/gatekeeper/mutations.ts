// Assign and AssignMetadata of Gatekeeper, as far as fill-ins of a policy do the same. Source: pkg/mutation/mutators.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../model/json.ts';
import { FillIns } from '../fill-ins.ts';
import type { Import, Origin } from '../imported.ts';
import { type Matching, matchOf, objectsAt, textsIn } from '../matching.ts';
import type { ImportedObject } from '../source.ts';
import { matchingOf } from './match.ts';

/** A mutation that fills in one field. */
interface Filling {
  readonly from: ImportedObject;
  readonly matching: Matching;
  readonly path: readonly string[];
  readonly value: unknown;
  readonly replaces: boolean;
}

/** Makes a policy of all mutations that are about the same pods. */
export function takeMutations(mutations: readonly ImportedObject[], into: Import): void {
  const fillings = mutations.flatMap((one) => fillingOf(one, into) ?? []);
  const groups = Map.groupBy(fillings, ({ matching }) => JSON.stringify(matchOf(matching)));
  for (const same of groups.values()) {
    const [first] = same;
    if (!first) continue;
    const fillIns = new FillIns();
    const taken: string[] = [];
    for (const { from, path, value, replaces } of same) {
      if (fillIns.add(path, value, { keys: ['spec', 'parameters', 'assign'], replaces })) taken.push(from.title);
      else {
        const why = 'no rule of a policy fills this in, or not with this value, or another mutation fills it in';
        into.leaveOut(from, ['spec', 'location'], why, 'laxer');
      }
      for (const { keys, why, effect } of fillIns.notes.splice(0)) into.leaveOut(from, keys, why, effect);
    }
    if (fillIns.isEmpty) continue;
    const origin: Origin = { title: taken.join(', '), locate: (keys) => first.from.locate(keys) };
    into.add(origin, taken.length === 1 ? first.from.name : `${first.from.name}-and-more`, {
      match: matchOf(first.matching),
      ...fillIns.spec(),
    });
  }
}

function fillingOf(one: ImportedObject, into: Import): Filling | undefined {
  const { kind } = one.object.kind;
  const spec = ownField(one.object.value, 'spec');
  const leaveOut = (keys: readonly string[], why: string): undefined => {
    into.leaveOut(one, keys, why, 'laxer');
    return undefined;
  };
  if (kind !== 'Assign' && kind !== 'AssignMetadata')
    return leaveOut([], `what a ${kind} does depends on what stands in the pod`);
  if (kind === 'Assign' && !objectsAt(ownField(spec, 'applyTo')).some(([entry]) => isPods(entry)))
    return leaveOut(['spec', 'applyTo'], 'it is not about pods');
  const path = pathIn(stringField(spec, 'location') ?? '');
  if (!path) return leaveOut(['spec', 'location'], 'it is about one container by its name, or not a location');
  const parameters = ownField(spec, 'parameters');
  const assign = ownField(parameters, 'assign');
  if (!isJsonObject(assign) || !Object.hasOwn(assign, 'value'))
    return leaveOut(['spec', 'parameters', 'assign'], 'the value comes from elsewhere');
  const tests = objectsAt(ownField(parameters, 'pathTests'));
  const isAdded = kind === 'AssignMetadata' || tests.some(([test]) => isAbsence(test, stringField(spec, 'location')));
  const others = tests.filter(([test]) => !isAbsence(test, stringField(spec, 'location')));
  if (others.length > 0)
    return leaveOut(['spec', 'parameters', 'pathTests'], 'it depends on what else stands in the pod');
  for (const key of Object.keys(isJsonObject(parameters) ? parameters : {})) {
    if (!['assign', 'pathTests'].includes(key))
      return leaveOut(['spec', 'parameters', key], 'there is nothing like it in a policy');
  }
  const matching = matchingOf(one, ownField(spec, 'match'), ['spec', 'match'], into);
  return matching && { from: one, matching, path, value: assign.value, replaces: !isAdded };
}

function isPods(entry: JsonObject): boolean {
  const [groups, kinds] = [textsIn(entry.groups), textsIn(entry.kinds)];
  return groups.some((group) => group === '' || group === '*') && kinds.some((kind) => kind === 'Pod' || kind === '*');
}

/** Only where the field is missing. */
function isAbsence(test: JsonObject, location: string | undefined): boolean {
  return test.condition === 'MustNotExist' && test.subPath === location;
}

/** `spec.containers[name:*].image` as keys, with `[]` for every entry; undefined where it names one entry. */
function pathIn(location: string): readonly string[] | undefined {
  const steps = location.match(/"(?:[^"\\]|\\.)*"|[^."[\]]+|\[[^\]]*\]/g) ?? [];
  const path: string[] = [];
  for (const step of steps) {
    if (step.startsWith('[')) {
      if (!/^\[\s*\w+\s*:\s*\*\s*\]$/.test(step)) return undefined;
      path.push('[]');
    } else path.push(step.replace(/^"(.*)"$/, '$1'));
  }
  return path.length === 0 ? undefined : path;
}
