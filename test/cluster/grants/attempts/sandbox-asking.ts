// A Sandbox that asks for docker, and where in it things stand.
import { isJsonObject, type JsonObject } from '../../../../src/model/json.ts';
import { all, put } from '../../support/change.ts';
import { SANDBOX, sandboxOf } from '../../support/workloads.ts';
import { ASKS } from '../names.ts';
import { askingPod } from '../pods.ts';

export const TEMPLATE_ANNOTATIONS = ['spec', 'podTemplate', 'metadata', 'annotations'] as const;
export const POD = ['spec', 'podTemplate', 'spec'] as const;
export const DAEMON = [...POD, 'initContainers', 'docker-daemon'] as const;
export const CONFLICT = 'capability_container_name_conflict: docker-daemon';

/** Whose pod template asks for docker. */
export function askingSandbox(
  namespace: string,
  { kind = SANDBOX, serviceAccountName = 'builder', name = 'mine' } = {},
): JsonObject {
  const { spec } = askingPod(namespace, { serviceAccountName });
  const sandbox = sandboxOf(namespace, name, isJsonObject(spec) ? spec : {}, kind);
  return put({ [ASKS]: 'docker' }, ...TEMPLATE_ANNOTATIONS)(sandbox);
}

/** The request moved to the Sandbox itself. */
export const onSandboxAlone = all(
  put(undefined, ...TEMPLATE_ANNOTATIONS),
  put({ [ASKS]: 'docker' }, 'metadata', 'annotations'),
);
