// Updates of a running pod that change how much a container of a capability class may take.
import { ownField, sameJson, stringField } from '../../model/json.ts';
import type { Subject } from '../../model/subject.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Gate } from '../gate.ts';

/**
 * True where an update changes the resources of a container that has the name of a container of a class these policies
 * list. What a pod was granted does not matter: to somebody who may not use the class it is granted nothing, before the
 * update and after, and a class that was changed since is not equal to it any more.
 */
export function resizesClassContainer(subject: Subject, policies: readonly Policy[], gate: Gate): boolean {
  const names = classContainers(policies, gate);
  if (names.size === 0) return false;
  for (const list of ['initContainers', 'containers']) {
    const before = resourcesByName(subject.oldObject, list);
    for (const [name, resources] of resourcesByName(subject.object, list)) {
      if (names.has(name) && !sameJson(before.get(name), resources)) return true;
    }
  }
  return false;
}

function classContainers(policies: readonly Policy[], { policies: { classes } }: Gate): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { capabilities } of policies) {
    for (const { name } of capabilities) {
      for (const { template } of classes.get(name)?.implementations ?? []) {
        for (const container of template.containerNames) names.add(container);
      }
    }
  }
  return names;
}

function resourcesByName(object: unknown, list: string): ReadonlyMap<string, unknown> {
  const containers = ownField(ownField(object, 'spec'), list);
  if (!Array.isArray(containers)) return new Map();
  return new Map(
    containers.map((container) => [stringField(container, 'name') ?? '', ownField(container, 'resources')]),
  );
}
