// A pod as a policy judges it that grants some classes: without the containers, volumes and fields that are theirs.
// Every check stays ignorant of grants, and every grant stays as narrow as what was written down.
import type { ContainerRef, PodView } from '../kubernetes/containers.ts';
import type { Container, PodSpec, SecurityContext, StringMap } from '../kubernetes/pod.ts';
import { type JsonObject, ownField } from '../model/json.ts';
import { APPARMOR_ANNOTATION_PREFIX, SECCOMP_CONTAINER_ANNOTATION_PREFIX } from '../model/names.ts';
import type { ClassGrant } from './class.ts';
import { withoutFields } from './fields.ts';
import { type GrantedClass, isClassContainer, isClassVolume } from './granted.ts';

/**
 * What stands in the place of a granted field of a workload's own container, where without any the container would be
 * judged worse than it is: the value that a policy would have asked for. Other granted fields are left out.
 */
const IN_PLACE_OF: Readonly<Record<string, Partial<SecurityContext>>> = {
  allowPrivilegeEscalation: { allowPrivilegeEscalation: false },
  seccompProfile: { seccompProfile: { type: 'RuntimeDefault' } },
  runAsNonRoot: { runAsNonRoot: true },
};

/** The view without what these classes grant. Places in lists stay, so that paths stay true. */
export function subtract(view: PodView, granted: readonly GrantedClass[]): PodView {
  if (granted.length === 0) return view;
  let spec: PodSpec = view.spec;
  for (const { implementation } of granted) spec = withoutFields({ ...spec }, implementation.template.podFields);
  const volumes = spec.volumes?.map((volume) =>
    granted.some((one) => isClassVolume(one, volume.name ?? '')) ? { name: volume.name ?? '', emptyDir: {} } : volume,
  );
  if (volumes) spec = { ...spec, volumes };
  const containers: ContainerRef[] = [];
  for (const ref of view.containers) {
    if (ref.list === 'ephemeralContainers') containers.push(ref);
    else if (!granted.some((one) => isClassContainer(one, ref.name))) {
      containers.push({ ...ref, container: withoutGrants(ref, granted) });
    }
  }
  const annotations = view.metadata.annotations && withoutAnnotations(view.metadata.annotations, granted);
  return { metadata: annotations ? { ...view.metadata, annotations } : view.metadata, spec, containers };
}

function withoutGrants(ref: ContainerRef, granted: readonly GrantedClass[]): Container {
  let { container } = ref;
  for (const { chosen, implementation } of granted) {
    if (!chosen.has(ref.name) || !container.securityContext) continue;
    container = { ...container, securityContext: withoutGrant({ ...container.securityContext }, implementation.grant) };
  }
  return container;
}

function withoutGrant(security: JsonObject, { addCapabilities, securityContext }: ClassGrant): SecurityContext {
  let rest: JsonObject = withoutFields(security, { ...securityContext, capabilities: { add: addCapabilities } });
  for (const [field, instead] of Object.entries(IN_PLACE_OF)) {
    const taken = ownField(security, field) !== undefined && ownField(rest, field) === undefined;
    if (taken) rest = { ...rest, ...instead };
  }
  return rest;
}

/** Those of the class, and those that say of its containers in the old way what their fields say anyway. */
function withoutAnnotations(annotations: StringMap, granted: readonly GrantedClass[]): StringMap {
  const rest: Record<string, string> = {};
  for (const [key, text] of Object.entries(annotations)) {
    if (granted.some((one) => isGrantedAnnotation(one, key, text))) continue;
    Object.defineProperty(rest, key, { value: text, enumerable: true });
  }
  return rest;
}

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
