// The pod that a policy judges where it grants some classes: without their containers, volumes and fields. So checks need
// to know nothing of grants, and a grant covers nothing but what the class says.
import { type ContainerRef, containerPath, type PodView } from '../kubernetes/containers.ts';
import type { Container, PodSpec, SecurityContext, StringMap, Volume } from '../kubernetes/pod.ts';
import { type JsonObject, ownField } from '../model/json.ts';
import { type ListPlaces, NO_PLACES } from '../model/list-places.ts';
import { APPARMOR_ANNOTATION_PREFIX, SECCOMP_CONTAINER_ANNOTATION_PREFIX } from '../model/names.ts';
import type { ClassGrant } from './class.ts';
import { type Shortened, withoutFields } from './fields.ts';
import { type GrantedClass, isClassContainer, isClassVolume } from './granted.ts';
import { withoutLimits } from './limits.ts';
import { openingsOf } from './openings.ts';

/**
 * What a granted field of a workload's own container is replaced with, where a container without the field would be refused:
 * the value that is asked for. Other granted fields are left out.
 */
const IN_PLACE_OF: Readonly<Record<string, Partial<SecurityContext>>> = {
  allowPrivilegeEscalation: { allowPrivilegeEscalation: false },
  seccompProfile: { seccompProfile: { type: 'RuntimeDefault' } },
  runAsNonRoot: { runAsNonRoot: true },
  readOnlyRootFilesystem: { readOnlyRootFilesystem: true },
};

/** What stands in place of the source of a class's volume, so that the others keep their places. */
const GRANTED: JsonObject = Object.freeze({});

/** True for what stands in a view in place of a volume that a class has: nothing is known of it, and nothing is to be judged. */
export function standsForGranted(volume: Volume): boolean {
  return volume.emptyDir === GRANTED;
}

/** A pod without what is granted, and where the entries of its lists stand in the whole pod. */
export interface Remainder {
  readonly view: PodView;
  /** Of the lists that lost entries. Containers and volumes are not among them: each keeps its index. */
  readonly places: ListPlaces;
}

/** The view without what these classes open; what protects the pod stays in it, whoever wrote it. */
export function subtract(view: PodView, granted: readonly GrantedClass[]): Remainder {
  if (granted.length === 0) return { view, places: NO_PLACES };
  const places = new Map<string, readonly (number | undefined)[]>();
  const shortened: Shortened = (path, kept) => {
    // Two classes can take entries from one list: what the second one sees has been shortened by the first.
    const before = places.get(path);
    places.set(path, before ? kept.map((index) => before[index]) : kept);
  };
  let spec: PodSpec = view.spec;
  const given: JsonObject[] = [];
  for (const { implementation } of granted) {
    const fields = openingsOf(implementation.template.podFields);
    spec = withoutFields({ ...spec }, fields, 'spec', shortened);
    given.push(fields);
  }
  const volumes = spec.volumes?.map((volume) =>
    granted.some((one) => isClassVolume(one, volume.name ?? ''))
      ? { name: volume.name ?? '', emptyDir: GRANTED }
      : volume,
  );
  if (volumes) spec = { ...spec, volumes };
  const containers: ContainerRef[] = [];
  for (const ref of view.containers) {
    if (ref.list === 'ephemeralContainers') containers.push(ref);
    else if (!granted.some((one) => isClassContainer(one, ref.name))) {
      const container = withoutGrants(ref, granted, shortened);
      containers.push({ ...ref, container, opened: fieldsTaken(ref.container, container) });
    }
  }
  const { annotations, labels } = view.metadata;
  const metadata = {
    ...view.metadata,
    ...(annotations && { annotations: withoutEntries(annotations, granted, isGrantedAnnotation) }),
    ...(labels && { labels: withoutEntries(labels, granted, isGrantedLabel) }),
  };
  return { view: { metadata, spec, containers, granted: given }, places };
}

function withoutGrants(ref: ContainerRef, granted: readonly GrantedClass[], shortened: Shortened): Container {
  let { container } = ref;
  for (const { chosen, implementation } of granted) {
    if (!chosen.has(ref.name)) continue;
    container = withoutLimits(container, implementation.grant.limits);
    const { env } = implementation.grant;
    if (env.length > 0 && container.env) {
      container = withoutFields({ ...container }, { env }, containerPath(ref, '').slice(0, -1), shortened);
    }
    if (!container.securityContext) continue;
    const path = containerPath(ref, 'securityContext');
    const securityContext = withoutGrant({ ...container.securityContext }, implementation.grant, path, shortened);
    container = { ...container, securityContext };
  }
  return container;
}

/** The fields of the security context that the container has no longer; undefined where it has all of them. */
function fieldsTaken({ securityContext: before }: Container, { securityContext: after }: Container) {
  if (!before || before === after) return undefined;
  const taken = Object.keys(before).filter((field) => ownField(after, field) === undefined);
  return taken.length === 0 ? undefined : new Set(taken);
}

function withoutGrant(
  security: JsonObject,
  { addCapabilities, securityContext }: ClassGrant,
  path: string,
  shortened: Shortened,
): SecurityContext {
  const granted = { ...openingsOf(securityContext), capabilities: { add: addCapabilities } };
  let rest: JsonObject = withoutFields(security, granted, path, shortened);
  for (const [field, instead] of Object.entries(IN_PLACE_OF)) {
    const taken = ownField(security, field) !== undefined && ownField(rest, field) === undefined;
    if (taken) rest = { ...rest, ...instead };
  }
  return rest;
}

/** The entries that none of the classes has. */
function withoutEntries(
  entries: StringMap,
  granted: readonly GrantedClass[],
  isGranted: (one: GrantedClass, key: string, text: string) => boolean,
): StringMap {
  const rest: Record<string, string> = {};
  for (const [key, text] of Object.entries(entries)) {
    if (granted.some((one) => isGranted(one, key, text))) continue;
    Object.defineProperty(rest, key, { value: text, enumerable: true });
  }
  return rest;
}

function isGrantedLabel({ implementation }: GrantedClass, key: string, text: string): boolean {
  const { labels } = implementation.template;
  return Object.hasOwn(labels, key) && labels[key] === text;
}

/** True for those of the class, and for those that say of its containers in the old way what their fields say anyway. */
function isGrantedAnnotation({ implementation }: GrantedClass, key: string, text: string): boolean {
  const { annotations, initContainers, containers } = implementation.template;
  if (Object.hasOwn(annotations, key)) return annotations[key] === text;
  for (const container of [...initContainers, ...containers]) {
    const name = String(ownField(container, 'name'));
    const profile = ownField(ownField(container, 'securityContext'), 'appArmorProfile');
    if (key === APPARMOR_ANNOTATION_PREFIX + name) return text === annotationFor(profile);
    const seccomp = ownField(ownField(container, 'securityContext'), 'seccompProfile');
    if (key === SECCOMP_CONTAINER_ANNOTATION_PREFIX + name) return text === annotationFor(seccomp);
  }
  return false;
}

/** The words of the annotations for a profile, as the API server translates them. */
function annotationFor(profile: unknown): string | undefined {
  const type = ownField(profile, 'type');
  if (type === 'Unconfined') return 'unconfined';
  if (type === 'RuntimeDefault') return 'runtime/default';
  const path = ownField(profile, 'localhostProfile');
  return type === 'Localhost' && typeof path === 'string' ? `localhost/${path}` : undefined;
}
