// What a class opens, as distinct from what it protects. Subtraction takes only the former out of a pod: a pod in a user
// namespace of its own runs in one, whoever wrote `hostUsers: false`, and the Pod Security Standards judge it by that.
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';

/** Values that restrict a pod or container further than the value that Kubernetes takes where the field is absent. */
const PROTECTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  hostUsers: (value) => value === false,
  runAsNonRoot: (value) => value === true,
  runAsUser: isNotRoot,
  runAsGroup: isNotRoot,
  readOnlyRootFilesystem: (value) => value === true,
  allowPrivilegeEscalation: (value) => value === false,
  privileged: (value) => value === false,
  procMount: (value) => value === 'Default',
  seccompProfile: isRuntimeDefault,
  appArmorProfile: isRuntimeDefault,
};

/** The fields of a class's own: classes are immutable, so each is gone through once. */
const known = new WeakMap<JsonObject, JsonObject>();

/** The fields without those whose value protects; fields of the pod's spec or of a security context. */
export function openingsOf(fields: JsonObject): JsonObject {
  let openings = known.get(fields);
  if (!openings) {
    openings = withoutProtections(fields);
    known.set(fields, openings);
  }
  return openings;
}

function withoutProtections(fields: JsonObject): JsonObject {
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (Object.hasOwn(PROTECTS, key) && PROTECTS[key]?.(value)) continue;
    rest[key] = key === 'securityContext' && isJsonObject(value) ? withoutProtections(value) : value;
  }
  return rest;
}

function isNotRoot(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

function isRuntimeDefault(value: unknown): boolean {
  return ownField(value, 'type') === 'RuntimeDefault';
}
