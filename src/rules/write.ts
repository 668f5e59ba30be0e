// Copy-on-write edits of a pod template: only the objects along the changed path are new.
// A deep clone of a pod costs more than everything else the engine does, and would round its large integers.
import { CONTAINER_LISTS, type ContainerList } from '../kubernetes/containers.ts';
import type {
  Container,
  PodSecurityContext,
  PodSpec,
  PodTemplate,
  SecurityContext,
  StringMap,
  Volume,
} from '../kubernetes/pod.ts';
import type { FillScope } from './fill-in.ts';

/** The template with these fields of its spec set. */
export function withSpec(template: PodTemplate, fields: Partial<PodSpec>): PodTemplate {
  return { ...template, spec: { ...template.spec, ...fields } };
}

/** The template with these labels or annotations set. */
export function withMetadata(template: PodTemplate, kind: 'labels' | 'annotations', entries: StringMap): PodTemplate {
  const metadata = { ...template.metadata, [kind]: { ...template.metadata?.[kind], ...entries } };
  return { ...template, metadata };
}

/** The template with these fields of the pod's security context set. */
export function withPodSecurity(template: PodTemplate, fields: Partial<PodSecurityContext>): PodTemplate {
  return withSpec(template, { securityContext: { ...template.spec?.securityContext, ...fields } });
}

/**
 * The template with fields of its containers' security contexts set.
 * @param choose the fields to set on a container, or undefined to leave it as it is
 */
export function withContainerSecurity(
  template: PodTemplate,
  scope: FillScope,
  choose: (container: Container, list: ContainerList, index: number) => Partial<SecurityContext> | undefined,
): PodTemplate {
  return withContainers(template, scope, (container, list, index) => {
    const fields = choose(container, list, index);
    return fields && { securityContext: { ...container.securityContext, ...fields } };
  });
}

/**
 * The template with other volumes in place of some of its own.
 * @param choose the volume to put in place of another, or undefined to leave it as it is
 */
export function withVolumes(
  template: PodTemplate,
  scope: FillScope,
  choose: (volume: Volume) => Volume | undefined,
): PodTemplate {
  const volumes = template.spec?.volumes;
  if (!volumes || !scope.podLevel) return template;
  let changed: Volume[] | undefined;
  let index = -1;
  for (const volume of volumes) {
    index++;
    if (scope.includesVolume?.(volume.name ?? '') === false) continue;
    const instead = choose(volume);
    if (instead === undefined) continue;
    changed ??= [...volumes];
    changed[index] = instead;
  }
  return changed ? withSpec(template, { volumes: changed }) : template;
}

/**
 * The template with fields of its containers set, in every list of containers.
 * @param choose the fields to set on a container, or undefined to leave it as it is
 */
export function withContainers(
  template: PodTemplate,
  scope: FillScope,
  choose: (container: Container, list: ContainerList, index: number) => Partial<Container> | undefined,
): PodTemplate {
  const { spec } = template;
  if (!spec) return template;
  let lists: Partial<Record<ContainerList, Container[]>> | undefined;
  for (const list of CONTAINER_LISTS) {
    const containers = spec[list];
    if (!containers) continue;
    let changed: Container[] | undefined;
    let index = -1;
    for (const container of containers) {
      index++;
      if (!scope.includes(list, index)) continue;
      const fields = choose(container, list, index);
      if (fields === undefined) continue;
      changed ??= [...containers];
      changed[index] = { ...container, ...fields };
    }
    if (!changed) continue;
    lists ??= {};
    lists[list] = changed;
  }
  return lists ? withSpec(template, lists) : template;
}
