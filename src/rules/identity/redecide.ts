// The identity of a stored template whose images an update changes: what the rows of the old images gave is replaced by what
// those of the new ones give. It stands in the stored object, and nothing else would ever change it.
import type { ImageUser } from '../../images/image-table.ts';
import { CONTAINER_LISTS, viewOf } from '../../kubernetes/containers.ts';
import type { Container, PodSecurityContext, PodTemplate, SecurityContext } from '../../kubernetes/pod.ts';
import { isGiven, statedGroup, statedNonRoot } from '../../kubernetes/stated-user.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import { withContainerSecurity, withSpec } from '../write.ts';
import { containerKey, type Earlier, noteChanges } from './image-change-notes.ts';
import { fillUsers, type Users } from './users.ts';

/**
 * Decides users and groups again where an update changes images. Replaced is what the table gave for the old image and what
 * stands at the same place in both templates; anything else was written by somebody, and stays. A container whose image
 * has no row keeps the user that it has. Never touches runAsNonRoot, and no user that it sets is root.
 */
export function redecideUsers(
  template: PodTemplate,
  old: PodTemplate,
  scope: FillScope,
  users: Users,
  notes: FillNotes,
): PodTemplate {
  const earlier: Earlier = new Map(viewOf(old).containers.map((ref) => [containerKey(ref), ref.container]));
  if (viewOf(template).containers.every((ref) => earlier.get(containerKey(ref))?.image === ref.container.image)) {
    return template;
  }
  const own = redecideContainers(template, scope, users, earlier);
  const decided = redecidePod(own, old, scope, users, notes);
  noteChanges(template, decided, scope, users, earlier, notes);
  return decided;
}

/** The containers that have a user of their own which the row of their old image gave. */
function redecideContainers(template: PodTemplate, scope: FillScope, { table }: Users, earlier: Earlier): PodTemplate {
  const pod = template.spec?.securityContext;
  const groupless = new Set<Container>();
  const changed = new Map<string, SecurityContext>();
  for (const ref of viewOf(template).containers) {
    const { container } = ref;
    const before = earlier.get(containerKey(ref));
    if (before === undefined || before.image === container.image || !isGiven(container.securityContext)) continue;
    const was = table.find(before.image);
    const next = table.find(container.image);
    if (was === undefined || next === undefined) continue;
    const { runAsUser, runAsGroup } = container.securityContext;
    const stored = before.securityContext;
    if (runAsUser !== was.runAsUser || !stored || stored.runAsUser !== runAsUser) continue;
    const ownGroup = isGiven(runAsGroup) && runAsGroup === stored.runAsGroup && runAsGroup === was.runAsGroup;
    const group = ownGroup || statedGroup(container, pod) === undefined ? next.runAsGroup : runAsGroup;
    if (next.runAsUser === runAsUser && (group ?? undefined) === (runAsGroup ?? undefined)) continue;
    if (ownGroup && group === undefined) groupless.add(container);
    changed.set(`${ref.list}/${ref.index}`, {
      runAsUser: next.runAsUser,
      ...(isGiven(group) ? { runAsGroup: group } : {}),
    });
  }
  if (changed.size === 0) return template;
  const without = withoutGroups(template, scope, groupless);
  return withContainerSecurity(without, scope, (_, list, index) => changed.get(`${list}/${index}`));
}

/** The template without the groups of these containers. */
function withoutGroups(template: PodTemplate, scope: FillScope, containers: ReadonlySet<Container>): PodTemplate {
  if (containers.size === 0) return template;
  const { spec } = template;
  const lists = Object.fromEntries(
    CONTAINER_LISTS.flatMap((list) => {
      const members = spec?.[list];
      if (!members?.some((member) => containers.has(member))) return [];
      const stripped = members.map((member, index) => {
        if (!containers.has(member) || !scope.includes(list, index)) return member;
        const { runAsGroup: _, ...security } = member.securityContext ?? {};
        return { ...member, securityContext: security };
      });
      return [[list, stripped]];
    }),
  );
  return withSpec(template, lists);
}

/** The pod's own user, where it is what the rows of all of its old images gave. */
function redecidePod(
  template: PodTemplate,
  old: PodTemplate,
  scope: FillScope,
  users: Users,
  notes: FillNotes,
): PodTemplate {
  const pod = template.spec?.securityContext;
  if (!isGiven(pod?.runAsUser) || pod.runAsNonRoot === false || !wasGiven(pod, old, users)) return template;
  const groupWasGiven = isGiven(pod.runAsGroup) && groupOfTable(pod, old, users);
  const next = new Map<Container, ImageUser>();
  const kept = new Set<Container>();
  let differ = false;
  for (const { container, list, index } of viewOf(template).containers) {
    const inherits = !isGiven(container.securityContext?.runAsUser);
    const mayChange = inherits && scope.includes(list, index) && statedNonRoot(container, pod) !== false;
    const user = mayChange ? users.table.find(container.image) : undefined;
    if (user === undefined) {
      kept.add(container);
      continue;
    }
    const groupCounts = !isGiven(container.securityContext?.runAsGroup) && (groupWasGiven || !isGiven(pod.runAsGroup));
    const differs =
      user.runAsUser !== pod.runAsUser || (groupCounts && user.runAsGroup !== (pod.runAsGroup ?? undefined));
    if (differs) next.set(container, user);
    differ ||= differs;
  }
  if (!differ) return template;
  // Beside containers of a capability class, which inherit the pod's user as well, the pod keeps it.
  if (!scope.podDefaults) {
    return withContainerSecurity(template, scope, (container) => {
      const user = next.get(container);
      if (user === undefined) return undefined;
      const { runAsUser, runAsGroup } = user;
      return runAsGroup === undefined ? { runAsUser } : { runAsUser, runAsGroup };
    });
  }
  const pinned = withContainerSecurity(template, scope, (container) =>
    kept.has(container) ? inForce(container, pod, groupWasGiven) : undefined,
  );
  return fillUsers(withoutPodUser(pinned, groupWasGiven), scope, users, notes);
}

/** True where the table gave all containers that inherit the pod's user just that user, and it stands in the old pod. */
function wasGiven(pod: PodSecurityContext, old: PodTemplate, { table }: Users): boolean {
  const stored = old.spec?.securityContext;
  if (stored?.runAsUser !== pod.runAsUser) return false;
  const heirs = viewOf(old).containers.filter(({ container }) => !isGiven(container.securityContext?.runAsUser));
  return (
    heirs.length > 0 &&
    heirs.every(
      ({ container }) =>
        statedNonRoot(container, stored) !== false && table.find(container.image)?.runAsUser === pod.runAsUser,
    )
  );
}

/** The same of the pod's group: of all containers without a group of their own. */
function groupOfTable(pod: PodSecurityContext, old: PodTemplate, { table }: Users): boolean {
  if (old.spec?.securityContext?.runAsGroup !== pod.runAsGroup) return false;
  return viewOf(old).containers.every(
    ({ container }) =>
      isGiven(container.securityContext?.runAsGroup) ||
      (!isGiven(container.securityContext?.runAsUser) && table.find(container.image)?.runAsGroup === pod.runAsGroup),
  );
}

/** What a container that is not decided again inherits from a pod that loses its user. */
function inForce(container: Container, pod: PodSecurityContext, withGroup: boolean): SecurityContext | undefined {
  const own = container.securityContext;
  const user = isGiven(own?.runAsUser) ? {} : { runAsUser: pod.runAsUser ?? null };
  const group = withGroup && !isGiven(own?.runAsGroup) ? { runAsGroup: pod.runAsGroup ?? null } : {};
  const fields = { ...user, ...group };
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function withoutPodUser(template: PodTemplate, withGroup: boolean): PodTemplate {
  const { runAsUser: _, ...security } = template.spec?.securityContext ?? {};
  if (!withGroup) return withSpec(template, { securityContext: security });
  const { runAsGroup: __, ...rest } = security;
  return withSpec(template, { securityContext: rest });
}
