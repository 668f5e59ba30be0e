// Gatekeeper's constraints of the library's pod-security-policy folder, and its mutations of pods. Sources: open-policy-agent/
// gatekeeper-library (library/pod-security-policy, library/general), apis/mutations of open-policy-agent/gatekeeper.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../model/json.ts';
import type { Import } from '../imported.ts';
import { matchOf, objectsAt } from '../matching.ts';
import { type ImportedObject, type ImportSource, readingObjects } from '../source.ts';
import { CONSTRAINTS } from './constraints.ts';
import { matchingOf } from './match.ts';
import { takeMutations } from './mutations.ts';

const CONSTRAINT_GROUP = 'constraints.gatekeeper.sh';
const MUTATION_GROUP = 'mutations.gatekeeper.sh';

export const gatekeeper: ImportSource = {
  name: 'gatekeeper',
  reads: "Gatekeeper's constraints for pods from its library, Assigns and AssignMetadatas",
  read: readingObjects((objects, _, into) => {
    const mutations: ImportedObject[] = [];
    for (const one of objects) {
      const { group } = one.object.kind;
      if (group === CONSTRAINT_GROUP) takeConstraint(one, into);
      else if (group === MUTATION_GROUP) mutations.push(one);
      else if (group === 'templates.gatekeeper.sh') takeTemplate(one, into);
      else if (group === 'config.gatekeeper.sh') {
        into.leaveOut(one, [], 'which namespaces are not looked at, is a setting of the installation', 'stricter');
      } else into.leaveOut(one, [], 'not an object of Gatekeeper that says what pods may have', 'none');
    }
    takeMutations(mutations, into);
  }),
};

/** The template of a constraint that is carried over is not needed any more. */
function takeTemplate(one: ImportedObject, into: Import): void {
  const spec = ownField(one.object.value, 'spec');
  const kind = stringField(ownField(ownField(ownField(spec, 'crd'), 'spec'), 'names'), 'kind') ?? '';
  if (Object.hasOwn(CONSTRAINTS, kind)) {
    into.leaveOut(one, [], `constraints of the kind ${kind} are read as Gatekeeper's library defines them`, 'none');
  } else {
    into.leaveOut(
      one,
      ['spec', 'targets'],
      'Rego cannot be carried over (write it in CEL, under validations)',
      'laxer',
    );
  }
}

function takeConstraint(one: ImportedObject, into: Import): void {
  const { kind } = one.object.kind;
  const make = Object.hasOwn(CONSTRAINTS, kind) ? CONSTRAINTS[kind] : undefined;
  if (!make) {
    into.leaveOut(
      one,
      [],
      `${kind} is not a constraint for pods of Gatekeeper's library that can be imported`,
      'laxer',
    );
    return;
  }
  const spec = ownField(one.object.value, 'spec');
  const matching = matchingOf(one, ownField(spec, 'match'), ['spec', 'match'], into);
  const validationActions = actionsOf(one, spec, into);
  if (!matching || !validationActions) return;
  const parameters = ownField(spec, 'parameters');
  const made = make(isJsonObject(parameters) ? parameters : {}, (keys, why, effect) =>
    into.leaveOut(one, ['spec', 'parameters', ...keys], why, effect),
  );
  if (!made) {
    into.leaveOut(one, ['spec', 'parameters'], 'it refuses nothing', 'none');
    return;
  }
  into.add(one, one.name, { match: matchOf(matching), validationActions, ...made });
}

const ACTIONS: Readonly<Record<string, string>> = { deny: 'Deny', warn: 'Warn', dryrun: 'Audit' };

/** Undefined where the constraint does not judge requests. */
function actionsOf(one: ImportedObject, spec: unknown, into: Import): readonly string[] | undefined {
  const action = stringField(spec, 'enforcementAction') ?? 'deny';
  const known = ACTIONS[action];
  if (known !== undefined) return [known];
  const scoped = action === 'scoped' ? objectsAt(ownField(spec, 'scopedEnforcementActions')) : [];
  const found = new Set(
    scoped
      .filter(([entry]) => isOfWebhook(entry))
      .flatMap(([entry]) => ACTIONS[stringField(entry, 'action') ?? ''] ?? []),
  );
  if (found.has('Deny')) found.delete('Warn');
  if (found.size > 0) return [...found];
  into.leaveOut(one, ['spec', 'enforcementAction'], 'it does not judge requests', 'none');
  return undefined;
}

function isOfWebhook(entry: JsonObject): boolean {
  const points = objectsAt(ownField(entry, 'enforcementPoints')).map(([point]) => stringField(point, 'name'));
  return points.some((name) => name === 'validation.gatekeeper.sh' || name === '*');
}
