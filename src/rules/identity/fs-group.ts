// How the group of a pod's volumes is filled in. It is one for the whole pod, so the rows of its images must agree.
import type { ImageRow } from '../../images/identity.ts';
import type { ImageTable } from '../../images/image-table.ts';
import type { PodSecurityContext, PodTemplate } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { NoteSkip } from '../fill-in.ts';
import { withPodSecurity } from '../write.ts';
import type { IdentityParameters } from './parameters.ts';

type FillFsGroup = (template: PodTemplate, noteSkip: NoteSkip) => PodTemplate;

/** Makes what gives a pod fsGroup and fsGroupChangePolicy: those of its images' rows, else the policy's own. */
export function compileFsGroup(identity: IdentityParameters, table: ImageTable): FillFsGroup {
  const rowsSay = (identity.images ?? []).some(saysSomething);
  if (!rowsSay && !saysSomething(identity)) return (template) => template;
  return (template, noteSkip) => {
    const pod = template.spec?.securityContext ?? {};
    if ((isGiven(pod.fsGroup) && isGiven(pod.fsGroupChangePolicy)) || hasOptedOut(pod)) return template;
    const rows = rowsSay ? rowsOf(template, table) : [];
    const groups = new Set(rows.flatMap((row) => row.fsGroup ?? []));
    if (!isGiven(pod.fsGroup) && groups.size > 1) {
      noteSkip('fsgroup-differs', `the images of the pod want different fsGroups: ${[...groups].join(', ')}`);
      return template;
    }
    const [fsGroup = identity.fsGroup] = isGiven(pod.fsGroup) ? [pod.fsGroup] : groups;
    if (fsGroup === undefined) return template;
    const fsGroupChangePolicy = pod.fsGroupChangePolicy ?? agreedChange(rows, identity, noteSkip);
    if (fsGroup === pod.fsGroup && fsGroupChangePolicy === undefined) return template;
    return withPodSecurity(template, {
      fsGroup,
      ...(fsGroupChangePolicy === undefined ? {} : { fsGroupChangePolicy }),
    });
  };
}

function saysSomething({ fsGroup, fsGroupChangePolicy }: IdentityParameters | ImageRow): boolean {
  return fsGroup !== undefined || fsGroupChangePolicy !== undefined;
}

/** A pod that says root is fine and names no user is left as it is. */
function hasOptedOut(pod: PodSecurityContext): boolean {
  return pod.runAsNonRoot === false && !isGiven(pod.runAsUser);
}

/** The rows of the containers that share the pod's volumes from its start. */
function rowsOf(template: PodTemplate, table: ImageTable): ImageRow[] {
  const containers = [...(template.spec?.initContainers ?? []), ...(template.spec?.containers ?? [])];
  return containers.flatMap((container) => table.find(container.image)?.row ?? []);
}

function agreedChange(rows: readonly ImageRow[], identity: IdentityParameters, noteSkip: NoteSkip): string | undefined {
  const changes = new Set(rows.flatMap((row) => row.fsGroupChangePolicy ?? []));
  if (changes.size > 1) {
    noteSkip('fsgroup-differs', 'the images of the pod want different fsGroupChangePolicies');
    return undefined;
  }
  const [change = identity.fsGroupChangePolicy] = changes;
  return change;
}
