// How the runtime user is filled in: who lacks one, and at which level it can be set without changing anybody else.

import type { ImageTable, ImageUser } from '../../images/image-table.ts';
import { type ContainerRef, type PodView, viewOf } from '../../kubernetes/containers.ts';
import type { Container, PodSecurityContext, PodTemplate } from '../../kubernetes/pod.ts';
import { isGiven, statedGroup, statedNonRoot, statedUser } from '../../kubernetes/stated-user.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import { withContainerSecurity, withPodSecurity } from '../write.ts';

/** The user and group that one level is given. */
interface UserFields {
  readonly runAsUser: number;
  readonly runAsGroup?: number;
}

/** Who images run as, and whether users are told of images that no row matches. */
export interface Users {
  readonly table: ImageTable;
  readonly warnOfDefault: boolean;
}

/** Gives a user to the containers that have none, at pod level where they agree and nobody else would be affected. */
export function fillUsers(template: PodTemplate, scope: FillScope, settings: Users, notes: FillNotes): PodTemplate {
  const pod = template.spec?.securityContext ?? {};
  if (isGiven(pod.runAsUser)) return template;
  const view = viewOf(template);
  const users = new Map<Container, ImageUser>();
  let podLevel = scope.podDefaults && pod.runAsNonRoot !== false;
  for (const ref of view.containers) {
    if (statedUser(ref.container, pod) !== undefined) continue;
    const user = scope.includes(ref.list, ref.index) ? userFor(ref, pod, settings.table, notes) : undefined;
    if (user === undefined) podLevel = false;
    else users.set(ref.container, user);
  }
  if (settings.warnOfDefault) warnOfDefault(view, users, notes);
  const common = podLevel ? commonFields(view, users, pod) : undefined;
  if (common !== undefined) return withPodSecurity(template, common);
  return withContainerSecurity(template, scope, (container) => {
    const user = users.get(container);
    return user && fieldsFor(container, user, pod);
  });
}

/** The user for a container that has none; undefined where it is to be left alone. */
function userFor(
  ref: ContainerRef,
  pod: PodSecurityContext,
  table: ImageTable,
  notes: FillNotes,
): ImageUser | undefined {
  // Whoever says that root is fine and names no user wants the image's own.
  if (statedNonRoot(ref.container, pod) === false) return undefined;
  const image = ref.container.image ?? '';
  const user = table.find(image);
  if (user === undefined) {
    notes.skip('unknown-image', `container "${ref.name}": no row of the identity table matches image "${image}"`);
  }
  return user;
}

/** Says which images have no row and run as the policy's default: each once, with the containers that run it. */
function warnOfDefault(view: PodView, users: ReadonlyMap<Container, ImageUser>, notes: FillNotes): void {
  let byImage: Map<string, string[]> | undefined;
  let runAsUser = 0;
  for (const { container, name } of view.containers) {
    const user = users.get(container);
    if (user === undefined || user.row !== undefined) continue;
    ({ runAsUser } = user);
    byImage ??= new Map();
    const image = container.image ?? '';
    const names = byImage.get(image);
    if (names) names.push(name);
    else byImage.set(image, [name]);
  }
  for (const [image, names] of byImage ?? []) {
    const containers = `${pluralize('container', 'containers', names.length)} ${joinQuoted(names)}`;
    const run = pluralize('it runs', 'they run', names.length);
    notes.warn(
      `no row of the identity table matches image "${image}" of ${containers}; ` +
        `${run} as ${runAsUser}, the policy's default`,
    );
  }
}

/** A group that somebody stated, at either level, stays in force. */
function fieldsFor(container: Container, user: ImageUser, pod: PodSecurityContext): UserFields {
  const { runAsUser, runAsGroup } = user;
  if (runAsGroup === undefined || statedGroup(container, pod) !== undefined) return { runAsUser };
  return { runAsUser, runAsGroup };
}

/** What the pod can be given in place of all of its containers; undefined where they differ, or none lacks a user. */
function commonFields(
  view: PodView,
  users: ReadonlyMap<Container, ImageUser>,
  pod: PodSecurityContext,
): UserFields | undefined {
  const [first] = users.values();
  if (first === undefined) return undefined;
  const { runAsUser } = first;
  const groups = new Set<number | undefined>();
  for (const { container } of view.containers) {
    const user = users.get(container);
    if (user !== undefined && user.runAsUser !== runAsUser) return undefined;
    // The pod's group is for those that state none, also for those that have a user of their own.
    if (statedGroup(container, pod) === undefined) groups.add(user?.runAsGroup);
  }
  if (groups.size > 1) return undefined;
  const [runAsGroup] = groups;
  return runAsGroup === undefined ? { runAsUser } : { runAsUser, runAsGroup };
}

/**
 * Sets runAsNonRoot where the user is known not to be root and nobody set it: the other half of the pair. At pod level
 * only where it is known of all containers: the pod's word would also reach those that are yet to be added.
 */
export function fillNonRoot(template: PodTemplate, scope: FillScope): PodTemplate {
  const pod = template.spec?.securityContext;
  if (isGiven(pod?.runAsNonRoot)) return template;
  const { containers } = viewOf(template);
  const isSilent = (container: Container) => statedNonRoot(container, pod) === undefined;
  const isNonRoot = (container: Container) => (statedUser(container, pod) ?? 0) !== 0;
  const everyone = containers.every(({ container }) => isNonRoot(container));
  if (scope.podDefaults && everyone && containers.some(({ container }) => isSilent(container))) {
    return withPodSecurity(template, { runAsNonRoot: true });
  }
  return withContainerSecurity(template, scope, (container) =>
    isSilent(container) && isNonRoot(container) ? { runAsNonRoot: true } : undefined,
  );
}
