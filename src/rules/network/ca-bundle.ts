// The volume with the certificates of a proxy, and its mounts.
import type { Container, PodTemplate, Volume } from '../../kubernetes/pod.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { ProxyParameters } from './parameters.ts';

/** The certificates of a policy, ready to be looked for. */
export interface CaBundle {
  readonly configMap: string;
  readonly key: string;
  readonly mountPath: string;
  /** The path without slashes at its end. */
  readonly barePath: string;
}

type Mounts = Container['volumeMounts'];

const NO_MOUNTS: NonNullable<Mounts> = Object.freeze([]);

/** The name of the volume. */
export const CA_VOLUME = 'sandgate-proxy-ca';

/** Makes a policy's certificates ready, once, when it is loaded. */
export function compileCa({ configMap, key, mountPath }: NonNullable<ProxyParameters['caBundle']>): CaBundle {
  return { configMap, key, mountPath, barePath: mountPath.replace(/\/+$/, '') };
}

/** The template with the volume; the same one where something else has its name and may not be replaced. */
export function withCaVolume(
  template: PodTemplate,
  scope: FillScope,
  bundle: CaBundle,
  mayReplace: boolean,
  notes: FillNotes,
): PodTemplate {
  const volumes = template.spec?.volumes ?? [];
  const at = volumes.findIndex(({ name }) => name === CA_VOLUME);
  const given = volumes[at];
  if (!scope.podLevel || (given && isOurs(given, bundle))) return template;
  const { configMap: name, key } = bundle;
  const volume: Volume = { name: CA_VOLUME, configMap: { name, items: [{ key, path: key }] } };
  if (given === undefined) return withSpec(template, { volumes: [...volumes, volume] });
  if (!mayReplace) {
    notes.skip(
      'volume-name-taken',
      `volume "${CA_VOLUME}" is not the ConfigMap "${name}" with the proxy's certificates`,
    );
    return template;
  }
  notes.warn(`volume "${CA_VOLUME}" is ConfigMap "${name}" instead of what it was`);
  return withSpec(template, { volumes: volumes.with(at, volume) });
}

/** True where the pod has the volume with the certificates. */
export function hasCaVolume({ spec }: PodTemplate, bundle: CaBundle): boolean {
  return spec?.volumes?.some((volume) => volume.name === CA_VOLUME && isOurs(volume, bundle)) ?? false;
}

/** The API server adds `defaultMode` to it, and somebody may have left out the items: the file is there all the same. */
function isOurs({ configMap }: Volume, { configMap: name, key }: CaBundle): boolean {
  if (configMap?.name !== name || configMap.optional === true) return false;
  const items = configMap.items ?? [];
  return items.length === 0 || items.some((item) => item.key === key && item.path === key);
}

/** The mounts of a container with one of the volume; undefined where they stay, since it has that, or something else at the path. */
export function withCaMount(
  container: Container,
  { mountPath, barePath }: CaBundle,
  mayReplace: boolean,
  notes: FillNotes,
): NonNullable<Mounts> | undefined {
  const mounts = container.volumeMounts ?? NO_MOUNTS;
  const at = mounts.findIndex((mount) => isAt(mount.mountPath, barePath));
  const given = mounts[at];
  if (given && mountsWhole(given)) return undefined;
  const mount = { name: CA_VOLUME, mountPath, readOnly: true };
  if (given === undefined) return [...mounts, mount];
  const name = container.name ?? '';
  if (!mayReplace) {
    notes.skip('mount-path-taken', `container "${name}" mounts volume "${given.name ?? ''}" at ${mountPath}`);
    return undefined;
  }
  notes.warn(
    `container "${name}" mounts volume "${CA_VOLUME}" at ${mountPath} instead of volume "${given.name ?? ''}"`,
  );
  return mounts.with(at, mount);
}

/** True where one of the mounts is of the whole volume, at the path. */
export function mountsCa(mounts: Mounts, { barePath }: CaBundle): boolean {
  return mounts?.some((mount) => mountsWhole(mount) && isAt(mount.mountPath, barePath)) ?? false;
}

function mountsWhole({ name, subPath, subPathExpr }: NonNullable<Mounts>[number]): boolean {
  return name === CA_VOLUME && !subPath && !subPathExpr;
}

/** True for the same path, whatever slashes are at its end. */
function isAt(path: string | null | undefined, barePath: string): boolean {
  if (!path) return barePath === '';
  if (path.length < barePath.length || !path.startsWith(barePath)) return false;
  for (let index = barePath.length; index < path.length; index++) if (path[index] !== '/') return false;
  return true;
}
