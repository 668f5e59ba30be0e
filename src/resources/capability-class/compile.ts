// Turns an accepted document into a class ready for work.

import { type Condition, compileCondition } from '../../cel/condition.ts';
import type { CapabilityClass, ClassGrant, ClassTemplate, Implementation } from '../../grants/class.ts';
import type { CapabilityClassDocument, GrantSpec, ImplementationSpec, TemplateSpec } from '../../grants/spec.ts';
import { isJsonObject, type JsonObject, stringField } from '../../model/json.ts';
import { freeField } from './free.ts';

/**
 * The class of a document without problems. It shares no part with the document that could still be changed.
 * @param origin where the document stands, as `FILE:LINE`
 */
export function compileClass({ metadata, spec }: CapabilityClassDocument, origin: string): CapabilityClass {
  return deepFrozen({
    name: metadata.name,
    origin,
    authorization: spec.authorization ?? 'RBAC',
    implementations: spec.implementations.map(compileImplementation),
  });
}

function compileImplementation({
  name,
  when,
  reject,
  template,
  grant,
  shareMounts,
  free,
}: ImplementationSpec): Implementation {
  return {
    name,
    when: when === undefined ? undefined : conditionOf(when),
    reject,
    template: compileTemplate(template ?? {}),
    grant: compileGrant(grant ?? {}),
    sharedMounts: shareMounts && {
      volumes: shareMounts.volumes ?? 'all',
      containers: new Set(shareMounts.containers),
      except: [...(shareMounts.except ?? [])],
    },
    free: compileFree(free ?? []),
  };
}

function compileFree(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const free = new Map<string, Set<string>>();
  for (const path of paths) {
    const found = freeField(path);
    if (found) free.set(found.container, (free.get(found.container) ?? new Set()).add(found.field));
  }
  return free;
}

/** It was compiled before, to find its problems: one that fails here is a bug of ours. */
function conditionOf(expression: string): Condition {
  const compiled = compileCondition(expression);
  if (!compiled.ok) throw new Error(`a condition with problems was accepted: ${compiled.message}`);
  return compiled.condition;
}

function compileTemplate({ metadata = {}, spec = {} }: TemplateSpec): ClassTemplate {
  const { initContainers, containers, volumes, ...podFields } = spec;
  const parts = {
    initContainers: objectsIn(initContainers),
    containers: objectsIn(containers),
    volumes: objectsIn(volumes),
  };
  return {
    annotations: { ...metadata.annotations },
    labels: { ...metadata.labels },
    ...parts,
    containerNames: namesOf([...parts.initContainers, ...parts.containers]),
    volumeNames: namesOf(parts.volumes),
    podFields: copyOf(podFields),
  };
}

function compileGrant({
  containers,
  env,
  volumeMounts,
  volumeDevices,
  securityContext = {},
  resources = {},
}: GrantSpec): ClassGrant {
  const { capabilities, ...others } = securityContext;
  return {
    containers: containers ?? 'first',
    env: objectsIn(env),
    volumeMounts: objectsIn(volumeMounts),
    volumeDevices: objectsIn(volumeDevices),
    addCapabilities: [...new Set(capabilities?.add)],
    securityContext: copyOf(others),
    limits: copyOf(resources.limits ?? {}),
  };
}

function objectsIn(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject).map(copyOf) : [];
}

function namesOf(members: readonly JsonObject[]): ReadonlySet<string> {
  return new Set(members.map((member) => stringField(member, 'name') ?? ''));
}

/** Of its own, so that freezing it freezes nothing of the document. */
function copyOf(value: object): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  return isJsonObject(copy) ? copy : {};
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
}
