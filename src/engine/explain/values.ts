// Which value of a template came from where: the manifest, a policy, a row of its table of images, a capability class, or
// Kubernetes, where nobody says anything.
import type { ImageRow } from '../../images/identity.ts';
import { type ContainerRef, containerPath, type PodView, viewOf } from '../../kubernetes/containers.ts';
import { CONTAINER_DEFAULTS, type FieldDefault, POD_DEFAULTS } from '../../kubernetes/field-defaults.ts';
import { keysOfPath, valueAt } from '../../kubernetes/path-keys.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import { isJsonObject, stringField } from '../../model/json.ts';
import type { Policy } from '../../policy/policy.ts';
import { runsOnWindows } from '../../rules/platform.ts';
import type { OriginAt, Origins } from './origin.ts';

/** A value and its origin. */
export interface ExplainedValue {
  /** Where it stands in the pod as it is judged. */
  readonly path: string;
  readonly container?: string;
  /** The name of an entry of a list, such as a volume, where the whole entry has one origin. */
  readonly name?: string;
  /** Absent where nothing stands there, and for an entry of a list. */
  readonly value?: unknown;
  readonly from: 'manifest' | 'object' | 'policy' | 'capability' | 'kubernetes';
  readonly policy?: string;
  readonly fillIn?: string;
  /** The rows of the policy's table of images that decided it. */
  readonly images?: readonly ImageUse[];
  readonly capability?: string;
  readonly implementation?: string;
  /** What the manifest has there, where it was replaced. */
  readonly replaced?: unknown;
  /** What the absence of a field means, where no value says it. */
  readonly means?: string;
}

/** A container, and the row of the table that decided for its image; without a row, what the policy says beside the table. */
export interface ImageUse {
  readonly container: string;
  readonly row?: ImageRow;
}

/**
 * The values of a pod: those that decide how isolated it is, also where nobody has set them, and everything that somebody else than the
 * author of the manifest has put there.
 * @param judged the pod as it is judged
 */
export function explainValues(
  judged: PodTemplate,
  origins: Origins,
  policies: readonly Policy[],
): readonly ExplainedValue[] {
  const view = viewOf(judged);
  const added = origins.added().map((one) => explainAdded(one, view, policies));
  const values: ExplainedValue[] = [];
  const windows = runsOnWindows(judged.spec);
  const look = (field: FieldDefault, path: string, container?: string): void => {
    if (windows && field.linux) return;
    const value = valueAt(judged, path);
    if (value !== undefined && value !== null) {
      if (origins.at(keysOfPath(path))?.from !== 'manifest') return;
      values.push({ path, ...(container !== undefined && { container }), value, from: 'manifest' });
    } else if (field.value !== undefined || field.means !== undefined) {
      values.push(ofKubernetes(field, path, container));
    }
  };
  for (const field of POD_DEFAULTS) look(field, `spec.${field.path}`);
  for (const ref of view.containers) {
    if (isOfClass(ref, origins)) continue;
    for (const field of CONTAINER_DEFAULTS) look(field, containerPath(ref, field.path), ref.name);
  }
  return [...added, ...values];
}

function ofKubernetes({ value, means }: FieldDefault, path: string, container: string | undefined): ExplainedValue {
  return {
    path,
    ...(container !== undefined && { container }),
    ...(value !== undefined && { value }),
    from: 'kubernetes',
    ...(means !== undefined && { means }),
  };
}

/** True for a container that a capability class has added. */
function isOfClass({ list, index }: ContainerRef, origins: Origins): boolean {
  return origins.at(['spec', list, index])?.from === 'capability';
}

function explainAdded(one: OriginAt, view: PodView, policies: readonly Policy[]): ExplainedValue {
  const { keys, path, value, origin, replaced } = one;
  const ref = containerAt(keys, view);
  const name = isJsonObject(value) ? nameOf(value) : undefined;
  return {
    path,
    ...(ref && keys.length > 3 && { container: ref.name }),
    ...(name === undefined ? { value } : { name }),
    ...origin,
    ...imagesOf(one, ref, view, policies),
    ...(replaced !== undefined && { replaced }),
  };
}

function nameOf(entry: object): string {
  return stringField(entry, 'name') ?? stringField(entry, 'mountPath') ?? stringField(entry, 'key') ?? '';
}

function containerAt([spec, list, index]: readonly string[], view: PodView): ContainerRef | undefined {
  if (spec !== 'spec' || index === undefined) return undefined;
  return view.containers.find((ref) => ref.list === list && String(ref.index) === index);
}

/** The fields of a security context that a table of images decides. */
const FIELDS_OF_USERS: ReadonlySet<string> = new Set(['runAsUser', 'runAsGroup', 'fsGroup', 'fsGroupChangePolicy']);

function imagesOf(
  { keys, origin, value }: OriginAt,
  ref: ContainerRef | undefined,
  view: PodView,
  policies: readonly Policy[],
): { readonly images?: readonly ImageUse[] } {
  const field = keys.at(-1) ?? '';
  if (origin.from !== 'policy' || !FIELDS_OF_USERS.has(field)) return {};
  const table = policies.find(({ name }) => name === origin.policy)?.users;
  if (!table) return {};
  const images = (ref ? [ref] : view.containers).flatMap(({ name, container }): ImageUse[] => {
    const user = table.find(container.image);
    if (!user || !Object.entries(user).some(([key, said]) => key === field && said === value)) return [];
    // What a row leaves open, such as the group of volumes, is as the policy says beside the table.
    const isOfRow = user.row && Object.hasOwn(user.row, field);
    return [{ container: name, ...(isOfRow && { row: user.row }) }];
  });
  return images.length > 0 ? { images } : {};
}
