// The volume with the certificates of a proxy, and its mounts.
import type { Container, PodTemplate, Volume } from '../../kubernetes/pod.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import { withContainers, withSpec } from '../write.ts';
import type { ProxyParameters } from './parameters.ts';

type CaBundle = NonNullable<ProxyParameters['caBundle']>;

/** The name of the volume. */
export const CA_VOLUME = 'sandgate-proxy-ca';

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

/** The template with the volume mounted in each container that has nothing else at the path, or may not keep it. */
export function withCaMounts(
  template: PodTemplate,
  scope: FillScope,
  { mountPath }: CaBundle,
  mayReplace: boolean,
  notes: FillNotes,
): PodTemplate {
  return withContainers(template, scope, (container) => {
    const mounts = container.volumeMounts ?? [];
    const at = mounts.findIndex((mount) => samePath(mount.mountPath, mountPath));
    const given = mounts[at];
    if (given?.name === CA_VOLUME && !given.subPath && !given.subPathExpr) return undefined;
    const mount = { name: CA_VOLUME, mountPath, readOnly: true };
    if (given === undefined) return { volumeMounts: [...mounts, mount] };
    const name = container.name ?? '';
    if (!mayReplace) {
      notes.skip('mount-path-taken', `container "${name}" mounts volume "${given.name ?? ''}" at ${mountPath}`);
      return undefined;
    }
    notes.warn(
      `container "${name}" mounts volume "${CA_VOLUME}" at ${mountPath} instead of volume "${given.name ?? ''}"`,
    );
    return { volumeMounts: mounts.with(at, mount) };
  });
}

/** True where the container mounts the whole volume at the path. */
export function mountsCa(container: Container, { mountPath }: CaBundle): boolean {
  return (
    container.volumeMounts?.some(
      (mount) =>
        mount.name === CA_VOLUME && samePath(mount.mountPath, mountPath) && !mount.subPath && !mount.subPathExpr,
    ) ?? false
  );
}

function samePath(a: string | null | undefined, b: string): boolean {
  return a === b || withoutSlashes(a ?? '') === withoutSlashes(b);
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return end === path.length ? path : path.slice(0, end);
}
