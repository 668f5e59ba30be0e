// What a pod has to be stored as, from the text of a class alone: nothing of ours that merges or compares is asked.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { implementationsOf } from '../../grants/shipped/shipped.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { Form } from './forms.ts';

/** The parts of a stored pod that a class and its policy have a say in. */
export interface ExpectedPod {
  readonly initContainers: readonly unknown[];
  readonly containers: readonly unknown[];
  readonly volumes: readonly unknown[];
  /** By their names. */
  readonly fields: JsonObject;
}

/** What the policy fills in where nobody says otherwise: on the pod, and in a container. */
const POD_DEFAULTS = { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const CONTAINER_DEFAULTS = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const FS_GROUP = { fsGroup: 1000 };

/** The form as its class has it. */
export function implementationOf({ className, bundle = className, implementation }: Form): JsonObject {
  const found = implementationsOf(bundle).find(({ name }) => name === implementation);
  if (!found) throw new Error(`class ${className} has no ${implementation}`);
  return found;
}

/** The pod of `askingPod` that was given a form. Where a class has containers, no default on the pod may reach them. */
export function expectedPod(form: Form): ExpectedPod {
  const implementation = implementationOf(form);
  const spec = at(implementation, 'template', 'spec');
  const [first, last] = [listAt(spec, 'initContainers'), listAt(spec, 'containers')];
  const hasContainers = first.length + last.length > 0;
  const grant = at(implementation, 'grant');
  const own = hasContainers ? { ...CONTAINER_DEFAULTS, ...POD_DEFAULTS } : CONTAINER_DEFAULTS;
  const security = at(spec, 'securityContext');
  const filled = { ...FS_GROUP, ...(!hasContainers && POD_DEFAULTS), ...(isJsonObject(security) && security) };
  return {
    initContainers: [...first.map(stored), container('setup', { securityContext: own })],
    containers: [
      container('app', granted(grant, own)),
      container('side', { securityContext: own }),
      ...last.map(stored),
    ],
    volumes: listAt(spec, 'volumes').map(storedVolume),
    fields: { securityContext: filled, hostUsers: at(spec, 'hostUsers'), runtimeClassName: runtimeClassOf(form, spec) },
  };
}

function runtimeClassOf(form: Form, spec: unknown): unknown {
  return at(form.spec, 'runtimeClassName') ?? at(spec, 'runtimeClassName');
}

/** What the container gets that the class is granted to. */
function granted(grant: unknown, own: JsonObject): JsonObject {
  const security = at(grant, 'securityContext');
  const add = at(security, 'capabilities', 'add');
  return {
    ...(listAt(grant, 'env').length > 0 && { env: listAt(grant, 'env') }),
    ...(listAt(grant, 'volumeMounts').length > 0 && { volumeMounts: listAt(grant, 'volumeMounts') }),
    securityContext: {
      ...own,
      ...(isJsonObject(security) && security),
      ...(add !== undefined && { capabilities: { add, drop: ['ALL'] } }),
    },
  };
}

function container(name: string, fields: JsonObject): unknown {
  return stored({ name, image: `example.com/${name}:1`, ...fields });
}

/** With what the API server fills in. */
function stored(member: unknown): unknown {
  if (!isJsonObject(member)) return member;
  const { startupProbe, env } = member;
  return {
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...member,
    resources: requested(member.resources),
    ...(Array.isArray(env) && { env: env.map(withoutEmpty) }),
    ...(isJsonObject(startupProbe) && { startupProbe: { successThreshold: 1, ...startupProbe } }),
  };
}

/** An empty value is none. */
function withoutEmpty(variable: unknown): unknown {
  if (!isJsonObject(variable) || variable.value !== '') return variable;
  const { value: _, ...rest } = variable;
  return rest;
}

/** What is limited and not requested is requested. */
function requested(resources: unknown): unknown {
  const { limits, requests } = isJsonObject(resources) ? resources : {};
  if (!isJsonObject(limits)) return {};
  const texts = Object.fromEntries(Object.entries(limits).map(([key, value]) => [key, String(value)]));
  return { limits: texts, requests: { ...texts, ...(isJsonObject(requests) && requests) } };
}

function storedVolume(volume: unknown): unknown {
  const template = at(volume, 'ephemeral', 'volumeClaimTemplate');
  if (!isJsonObject(volume) || !isJsonObject(template)) return volume;
  return { ...volume, ephemeral: { volumeClaimTemplate: { metadata: {}, ...template } } };
}
