// What users are told of an update that changes images of a stored template: who runs as somebody else from then on, and who
// does not although nobody knows the new image.
import type { ImageUser } from '../../images/image-table.ts';
import { type ContainerRef, viewOf } from '../../kubernetes/containers.ts';
import type { Container, PodTemplate } from '../../kubernetes/pod.ts';
import { statedGroup, statedUser } from '../../kubernetes/stated-user.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import type { Users } from './users.ts';

/** The containers of the template that an update replaces, by {@link containerKey}. */
export type Earlier = ReadonlyMap<string, Container>;

/** Where an update finds a container again: its list and its name. */
export function containerKey({ list, name }: Pick<ContainerRef, 'list' | 'name'>): string {
  return `${list}/${name}`;
}

/** Says who runs as somebody else than before, and who does not although the image changed. */
export function noteChanges(
  before: PodTemplate,
  after: PodTemplate,
  scope: FillScope,
  { table }: Users,
  earlier: Earlier,
  notes: FillNotes,
): void {
  const now = viewOf(after).containers;
  for (const [place, ref] of viewOf(before).containers.entries()) {
    const { container, name, list, index } = ref;
    const decided = now[place]?.container ?? container;
    const old = earlier.get(containerKey(ref));
    if (!scope.includes(list, index) || old?.image === container.image) continue;
    const from = userText(container, before);
    const to = userText(decided, after);
    const image = container.image ?? '';
    const why =
      old === undefined
        ? `as image "${image}" needs`
        : `since its image changed from "${old.image ?? ''}" to "${image}"`;
    if (from !== '' && from !== to) notes.warn(`container "${name}" runs as ${to} instead of ${from}, ${why}`);
    else if (old !== undefined && keepsUserOf(old, container, before, table.find(old.image), table.find(image))) {
      notes.warn(
        `container "${name}" keeps user ${from} of its earlier image "${old.image ?? ''}": ` +
          `no row of the identity table matches image "${image}"`,
      );
    }
  }
}

function keepsUserOf(
  old: Container,
  container: Container,
  template: PodTemplate,
  was: ImageUser | undefined,
  next: ImageUser | undefined,
): boolean {
  if (was === undefined || next !== undefined) return false;
  const stated = statedUser(container, template.spec?.securityContext);
  return stated === was.runAsUser && old.image !== container.image;
}

/** `1001`, or `1001:1001` with a group; empty without a user. */
function userText(container: Container, template: PodTemplate): string {
  const pod = template.spec?.securityContext;
  const user = statedUser(container, pod);
  const group = statedGroup(container, pod);
  if (user === undefined) return '';
  return group === undefined ? String(user) : `${user}:${group}`;
}
