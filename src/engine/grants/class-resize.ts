// Updates of a running pod that change the resources of a capability class's container.
import { ownField, sameJson, stringField } from '../../model/json.ts';
import type { Subject } from '../../model/subject.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Gate } from '../gate.ts';

/**
 * True where an update changes the resources of a container whose name belongs to a class that these policies list. It does
 * not depend on what the pod is granted: a user who may not use the class is granted nothing, before and after the update,
 * and a class that has changed since does not equal the pod's containers any more.
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

/** The names of the containers of every class that these policies list. */
export function classContainers(policies: readonly Policy[], { policies: { classes } }: Gate): ReadonlySet<string> {
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
