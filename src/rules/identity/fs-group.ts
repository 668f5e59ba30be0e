// How the group of a pod's volumes is filled in. It is one for the whole pod, so the rows of its images must agree.
import type { ImageRow } from '../../images/identity.ts';
import type { ImageTable } from '../../images/image-table.ts';
import type { PodSecurityContext, PodTemplate } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import { withPodSecurity } from '../write.ts';
import type { IdentityParameters } from './parameters.ts';
import { GROUP_READ, privateSecrets } from './secret-modes.ts';

/** @param old the template that an update replaces, where its fsGroup is to be decided again */
type FillFsGroup = (
  template: PodTemplate,
  old: PodTemplate | undefined,
  scope: FillScope,
  notes: FillNotes,
) => PodTemplate;

/** Makes what gives a pod fsGroup and fsGroupChangePolicy: those of its images' rows, else the policy's own. */
export function compileFsGroup(identity: IdentityParameters, table: ImageTable): FillFsGroup {
  const rowsSay = (identity.images ?? []).some(saysSomething);
  if (!rowsSay && !saysSomething(identity)) return (template) => template;
  return (sent, old, scope, notes) => {
    const template =
      old === undefined ? sent : redecideFsGroup(sent, old, rowsSay ? table : undefined, identity, notes);
    const pod = template.spec?.securityContext ?? {};
    if ((isGiven(pod.fsGroup) && isGiven(pod.fsGroupChangePolicy)) || hasOptedOut(pod)) return template;
    const rows = rowsSay ? rowsOf(template, table) : [];
    const groups = new Set(rows.flatMap((row) => row.fsGroup ?? []));
    if (!isGiven(pod.fsGroup) && groups.size > 1) {
      notes.skip('fsgroup-differs', `the images of the pod want different fsGroups: ${[...groups].join(', ')}`);
      return template;
    }
    const [fsGroup = identity.fsGroup] = isGiven(pod.fsGroup) ? [pod.fsGroup] : groups;
    if (fsGroup === undefined) return template;
    const fsGroupChangePolicy = pod.fsGroupChangePolicy ?? agreedChange(rows, identity, notes);
    if (fsGroup === pod.fsGroup && fsGroupChangePolicy === undefined) return template;
    if (!isGiven(pod.fsGroup)) {
      warnOfSecrets(template, fsGroup, notes);
      warnOfNoEffect(template, fsGroup, scope, notes);
    }
    return withPodSecurity(template, {
      fsGroup,
      ...(fsGroupChangePolicy === undefined ? {} : { fsGroupChangePolicy }),
    });
  };
}

/**
 * Replaces the fsGroup that the images of the old template gave it by what those of the new one give; one that somebody
 * wrote stays.
 */
function redecideFsGroup(
  template: PodTemplate,
  old: PodTemplate,
  table: ImageTable | undefined,
  identity: IdentityParameters,
  notes: FillNotes,
): PodTemplate {
  const given = template.spec?.securityContext?.fsGroup;
  if (table === undefined || !isGiven(given) || given !== old.spec?.securityContext?.fsGroup) return template;
  const fsGroup = agreedGroup(template, table, identity);
  if (fsGroup === undefined || fsGroup === given || given !== agreedGroup(old, table, identity)) return template;
  notes.warn(`the pod's fsGroup is ${fsGroup} instead of ${given}, as the changed images need`);
  return withPodSecurity(template, { fsGroup });
}

/** The group that the rows of a pod's images agree on, else the policy's own; undefined where they differ. */
function agreedGroup(template: PodTemplate, table: ImageTable, identity: IdentityParameters): number | undefined {
  const groups = new Set(rowsOf(template, table).flatMap((row) => row.fsGroup ?? []));
  if (groups.size > 1) return undefined;
  const [group = identity.fsGroup] = groups;
  return group;
}

function warnOfSecrets(template: PodTemplate, fsGroup: number, notes: FillNotes): void {
  const secrets = privateSecrets(template);
  const [first] = secrets;
  if (first === undefined) return;
  const [before, after] = [first.mode, first.mode | GROUP_READ].map((mode) => mode.toString(8).padStart(4, '0'));
  const volumes = `${pluralize('volume', 'volumes', secrets.length)} ${joinQuoted(secrets.map(({ volume }) => volume))}`;
  notes.warn(
    `with fsGroup ${fsGroup} the group can read the secrets of ${volumes} (mode ${before} becomes ${after}), ` +
      'and programs such as ssh refuse a private key like that',
  );
}

/** Kubernetes changes the group of no file that is on a node or an NFS server: https://kubernetes.io/docs/concepts/storage/volumes/. */
function warnOfNoEffect(template: PodTemplate, fsGroup: number, scope: FillScope, notes: FillNotes): void {
  const names = (template.spec?.volumes ?? []).flatMap(({ name = '', nfs, hostPath }) =>
    (nfs || hostPath) && scope.includesVolume?.(name ?? '') !== false ? (name ?? '') : [],
  );
  if (names.length === 0) return;
  notes.warn(
    `fsGroup ${fsGroup} has no effect on ${pluralize('volume', 'volumes', names.length)} ${joinQuoted(names)}: ` +
      'files of nodes and of NFS servers keep their group (supplementalGroups opens them to their own group)',
  );
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

function agreedChange(rows: readonly ImageRow[], identity: IdentityParameters, notes: FillNotes): string | undefined {
  const changes = new Set(rows.flatMap((row) => row.fsGroupChangePolicy ?? []));
  if (changes.size > 1) {
    notes.skip('fsgroup-differs', 'the images of the pod want different fsGroupChangePolicies');
    return undefined;
  }
  const [change = identity.fsGroupChangePolicy] = changes;
  return change;
}
