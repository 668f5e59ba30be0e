// Replaces the registry of images by that of a mirror. It runs before everything that looks at images, so that the rows of the
// rule identity and the lists of this rule see the image as it will run.
import { type CompiledMirror, compileMirror, compileMirrors } from '../../images/image-mirror.ts';
import { viewOf } from '../../kubernetes/containers.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { FillIn, FillNotes, FillScope } from '../fill-in.ts';
import { withContainers, withVolumes } from '../write.ts';
import type { ImageParameters } from './parameters.ts';

const DOCKER = { rewrite: [{ from: 'docker.io', to: 'registry.internal/docker' }] };

/** Replaces what the policy's rows name, in every list of containers and in image volumes, with a warning. */
export const imageRewrite: FillIn<ImageParameters> = {
  id: 'imageRewrite',
  title: 'Replaces the registry of images by that of a mirror, with a warning.',
  sets: [
    'spec.initContainers[*].image',
    'spec.containers[*].image',
    'spec.ephemeralContainers[*].image',
    'spec.volumes[*].image.reference',
  ],
  ahead: true,
  satisfies: [],
  platform: 'any',
  compile: ({ rewrite = [] }) => {
    const rows = rewrite.map(compileMirror).filter((row): row is CompiledMirror => !('problem' in row));
    if (rows.length === 0) return undefined;
    const all = compileMirrors(rows);
    return (template, scope, notes) => {
      const mine = claimed(rows, notes);
      if (mine.length === 0) return template;
      return rewritten(template, scope, mine.length === rows.length ? all : compileMirrors(mine), notes);
    };
  },
  examples: [
    {
      name: 'every spelling of a registry, in every place; tags and digests stay',
      parameters: DOCKER,
      before: {
        spec: {
          initContainers: [{ name: 'i', image: 'nginx' }],
          containers: [
            { name: 'a', image: 'docker.io/x/y:1' },
            { name: 'b', image: 'ghcr.io/x/y:1' },
            { name: 'c', image: `Index.Docker.io/x/y:1@sha256:${'0'.repeat(64)}` },
          ],
          ephemeralContainers: [{ name: 'e', image: 'nginx' }],
          volumes: [
            { name: 'm', image: { reference: 'x/model:1', pullPolicy: 'Always' } },
            { name: 'n', emptyDir: {} },
          ],
        },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', image: 'registry.internal/docker/library/nginx' }],
          containers: [
            { name: 'a', image: 'registry.internal/docker/x/y:1' },
            { name: 'b', image: 'ghcr.io/x/y:1' },
            { name: 'c', image: `registry.internal/docker/x/y:1@sha256:${'0'.repeat(64)}` },
          ],
          ephemeralContainers: [{ name: 'e', image: 'registry.internal/docker/library/nginx' }],
          volumes: [
            { name: 'm', image: { reference: 'registry.internal/docker/x/model:1', pullPolicy: 'Always' } },
            { name: 'n', emptyDir: {} },
          ],
        },
      },
      warns: [
        'image "nginx" of containers "i", "e" is replaced by "registry.internal/docker/library/nginx"',
        'image "docker.io/x/y:1" of container "a" is replaced by "registry.internal/docker/x/y:1"',
        `image "Index.Docker.io/x/y:1@sha256:${'0'.repeat(64)}" of container "c" is replaced by ` +
          `"registry.internal/docker/x/y:1@sha256:${'0'.repeat(64)}"`,
        'image "x/model:1" of volume "m" is replaced by "registry.internal/docker/x/model:1"',
      ],
    },
    {
      name: 'the longest row counts, and a part of the path is not a row',
      parameters: {
        rewrite: [
          { from: 'ghcr.io', to: 'mirror.internal/ghcr' },
          { from: 'ghcr.io/acme', to: 'acme.internal' },
        ],
      },
      before: {
        spec: {
          containers: [
            { name: 'a', image: 'ghcr.io/acme/app:1' },
            { name: 'b', image: 'ghcr.io/acmeish/app:1' },
          ],
        },
      },
      after: {
        spec: {
          containers: [
            { name: 'a', image: 'acme.internal/app:1' },
            { name: 'b', image: 'mirror.internal/ghcr/acmeish/app:1' },
          ],
        },
      },
      warns: [
        'image "ghcr.io/acme/app:1" of container "a" is replaced by "acme.internal/app:1"',
        'image "ghcr.io/acmeish/app:1" of container "b" is replaced by "mirror.internal/ghcr/acmeish/app:1"',
      ],
    },
    {
      name: 'a mirror inside of the registry that it mirrors',
      parameters: { rewrite: [{ from: 'registry.internal', to: 'registry.internal/cache' }] },
      before: {
        spec: {
          containers: [
            { name: 'a', image: 'registry.internal/app' },
            { name: 'b', image: 'registry.internal/cache/app' },
          ],
        },
      },
      after: {
        spec: {
          containers: [
            { name: 'a', image: 'registry.internal/cache/app' },
            { name: 'b', image: 'registry.internal/cache/app' },
          ],
        },
      },
      warns: ['image "registry.internal/app" of container "a" is replaced by "registry.internal/cache/app"'],
    },
    {
      name: 'what cannot be read, and what would be no reference, stays',
      parameters: { rewrite: [{ from: 'ghcr.io/app', to: 'mirror.internal' }, ...DOCKER.rewrite] },
      before: {
        spec: {
          containers: [{ name: 'a' }, { name: 'b', image: null }, { name: 'c', image: 'NGINX' }],
          ephemeralContainers: [
            { name: 'd', image: 'ghcr.io/app' },
            { name: 'e', image: `${'a/'.repeat(125)}a` },
          ],
        },
      },
    },
  ],
};

/**
 * The rows that this policy may apply. A registry that a policy of higher priority takes images from, or leads them to, is that
 * policy's: so no two policies send an image back and forth.
 */
function claimed(rows: readonly CompiledMirror[], notes: FillNotes): readonly CompiledMirror[] {
  const mine = rows.filter(({ fromRegistry }) => notes.claim(`images of registry ${fromRegistry}`));
  for (const { toRegistry } of rows) notes.claim(`images of registry ${toRegistry}`);
  return mine;
}

function rewritten(
  template: PodTemplate,
  scope: FillScope,
  mirror: (image: string) => string | undefined,
  notes: FillNotes,
): PodTemplate {
  const after = withContainers(template, scope, ({ image }) => {
    const instead = image ? mirror(image) : undefined;
    return instead === undefined ? undefined : { image: instead };
  });
  const all = withVolumes(after, scope, (volume) => {
    const reference = volume.image?.reference;
    const instead = reference ? mirror(reference) : undefined;
    return instead === undefined ? undefined : { ...volume, image: { ...volume.image, reference: instead } };
  });
  if (all !== template) warnOfMirrors(template, all, notes);
  return all;
}

/** Says once for each image what it was replaced by, and where. */
function warnOfMirrors(before: PodTemplate, after: PodTemplate, notes: FillNotes): void {
  const now = viewOf(after).containers;
  const byImage = new Map<string, { readonly instead: string; readonly names: string[] }>();
  for (const [place, { container, name }] of viewOf(before).containers.entries()) {
    const instead = now[place]?.container.image;
    if (!container.image || !instead || instead === container.image) continue;
    const known = byImage.get(container.image);
    if (known) known.names.push(name);
    else byImage.set(container.image, { instead, names: [name] });
  }
  for (const [image, { instead, names }] of byImage) {
    const containers = `${pluralize('container', 'containers', names.length)} ${joinQuoted(names)}`;
    notes.warn(`image "${image}" of ${containers} is replaced by "${instead}"`);
  }
  for (const [index, { name, image }] of before.spec?.volumes?.entries() ?? []) {
    const instead = after.spec?.volumes?.[index]?.image?.reference;
    if (!image?.reference || !instead || instead === image.reference) continue;
    notes.warn(`image "${image.reference}" of volume "${name ?? ''}" is replaced by "${instead}"`);
  }
}
