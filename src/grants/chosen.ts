// Which of a workload's own containers get what a class grants.
import type { ContainerRef, PodView } from '../kubernetes/containers.ts';
import { stringField } from '../model/json.ts';
import { containersAnnotation } from '../model/names.ts';
import type { ClassGrant } from './class.ts';
import { volumeOfVariable } from './granted.ts';
import { quoteShort } from './quote.ts';

/** The containers chosen, or in words why none could be. */
export type Chosen =
  | {
      readonly ok: true;
      readonly containers: readonly ContainerRef[];
      /** True where the container was chosen for being the first one, and not by name. */
      readonly first: boolean;
      /** The containers before it that are not the workload's, by what they are called. */
      readonly passedOver: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

const NO_NAMES: readonly string[] = Object.freeze([]);
const NOBODY: Chosen = { ok: true, containers: [], first: false, passedOver: NO_NAMES };

/**
 * Chooses containers and init containers by the annotation `sandgate.dev/CLASS-containers` where there is one, else as
 * the class says. Ephemeral containers never get anything.
 * @param classContainers the names of the containers that belong to some class the pod asks for
 * @returns no containers where the class grants containers nothing; a problem where the annotation is missing or wrong
 */
export function chooseContainers(
  view: PodView,
  className: string,
  grant: ClassGrant,
  classContainers: ReadonlySet<string>,
): Chosen {
  if (!grantsSomething(grant)) return NOBODY;
  const own = view.containers.filter((ref) => ref.list !== 'ephemeralContainers' && !classContainers.has(ref.name));
  const key = containersAnnotation(className);
  const text = stringField(view.metadata.annotations, key);
  if (text !== undefined) return named(text, key, own, grant);
  if (grant.containers === 'annotation') {
    return { ok: false, problem: `annotation ${key} is missing: it names the containers that use class ${className}` };
  }
  if (grant.containers === 'all') return { ok: true, containers: own, first: false, passedOver: NO_NAMES };
  const regular = own.filter((ref) => ref.list === 'containers');
  const first = Math.max(
    0,
    regular.findIndex(({ name }) => !PUT_FIRST.has(name)),
  );
  const passedOver = regular.slice(0, first).map(({ name }) => name);
  return { ok: true, containers: regular.slice(first, first + 1), first: true, passedOver };
}

/**
 * Containers that other webhooks put before the workload's own, so that the workload starts when they run: Istio's
 * holdApplicationUntilProxyStarts, Linkerd's proxy-await, Kuma's and Kong Mesh's waitForDataplaneReady, Consul's dataplane and
 * Envoy, Dapr's sidecar, Open Service Mesh's Envoy.
 */
const PUT_FIRST: ReadonlySet<string> = new Set([
  'istio-proxy',
  'linkerd-proxy',
  'kuma-sidecar',
  'consul-dataplane',
  'envoy-sidecar',
  'daprd',
  'envoy',
]);

/** True where more than plain variables is granted, so that the choice must not change when containers are added. */
export function choiceMatters(grant: ClassGrant): boolean {
  const { env, volumeMounts, volumeDevices, addCapabilities, securityContext, limits } = grant;
  if (env.some((variable) => volumeOfVariable(variable) !== undefined)) return true;
  const fields = Object.keys(securityContext).length + Object.keys(limits).length;
  return volumeMounts.length + volumeDevices.length + addCapabilities.length + fields > 0;
}

function grantsSomething(grant: ClassGrant): boolean {
  return grant.env.length > 0 || choiceMatters(grant);
}

function named(text: string, key: string, own: readonly ContainerRef[], grant: ClassGrant): Chosen {
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (grant.containers === 'first' && names.length > 1) {
    return {
      ok: false,
      problem: `annotation ${key} names ${names.length} containers, but the class is granted to only one`,
    };
  }
  const containers: ContainerRef[] = [];
  for (const name of names) {
    const found = own.filter((ref) => ref.name === name);
    const [only] = found;
    if (only === undefined)
      return { ok: false, problem: `annotation ${key}: there is no container ${quoteShort(name)}` };
    if (found.length > 1)
      return { ok: false, problem: `annotation ${key}: several containers are named ${quoteShort(name)}` };
    containers.push(only);
  }
  if (containers.length === 0) return { ok: false, problem: `annotation ${key} names no container` };
  return { ok: true, containers, first: false, passedOver: NO_NAMES };
}
