/*
Images must not be among those that the policy forbids, whether or not they are allowed. Docker's short names mean what they
mean to a container runtime: `nginx` is `docker.io/library/nginx`.

**Restricted Fields:**
spec.containers[*].image
spec.initContainers[*].image
spec.ephemeralContainers[*].image
spec.volumes[*].image.reference

**Allowed Values:** images that match no entry of the policy's list
*/
import { compilePatterns } from '../../images/image-pattern.ts';
import { parseImage } from '../../images/image-reference.ts';
import { remembered } from '../../model/remembered.ts';
import type { RuleCheck } from '../check.ts';
import type { ImageParameters } from './parameters.ts';
import { describeImages, judgeImages } from './places.ts';

/** A check that no image is one that the policy forbids. */
export const forbiddenImages: RuleCheck<ImageParameters> = {
  id: 'forbiddenImages',
  title: 'Images must not be among those that the policy forbids.',
  fix: 'use another image, or one from another registry',
  platform: 'any',
  compile: ({ forbidden }) => {
    if (!forbidden?.length) return undefined;
    const match = compilePatterns(forbidden);
    const wrong = remembered((image) => {
      const reference = parseImage(image);
      const by = reference && match(reference.repository);
      return by === undefined ? undefined : `forbidden: "${by}"`;
    });
    return (pod) => judgeImages(pod, wrong);
  },
  describe: describeImages('forbidden image'),
  examples: {
    pass: [
      {
        name: 'other images',
        parameters: { forbidden: ['docker.io/**', 'ghcr.io/acme/old'] },
        pod: {
          spec: {
            containers: [{ name: 'a', image: 'ghcr.io/acme/new' }],
            volumes: [{ name: 'm', image: { reference: 'ghcr.io/acme/older' } }, { name: 'n' }],
          },
        },
      },
      {
        name: 'an empty list forbids nothing',
        parameters: { forbidden: [] },
        pod: { spec: { containers: [{ name: 'a', image: 'nginx' }] } },
      },
    ],
    fail: [
      {
        name: 'every spelling of Docker Hub, in every place',
        parameters: { forbidden: ['docker.io/**', 'ghcr.io/old'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', image: 'nginx' }],
            containers: [{ name: 'a', image: 'INDEX.docker.io/x/y:1' }],
            ephemeralContainers: [{ name: 'e', image: 'x/y' }],
            volumes: [{ name: 'm', image: { reference: 'ghcr.io/old:2' } }],
          },
        },
        says:
          'forbidden image (containers "i", "a", "e" and volume "m" have images "nginx", "INDEX.docker.io/x/y:1", "x/y", ' +
          '"ghcr.io/old:2"; forbidden: "docker.io/**"; forbidden: "ghcr.io/old")',
        paths: [
          'spec.initContainers[0].image',
          'spec.containers[0].image',
          'spec.ephemeralContainers[0].image',
          'spec.volumes[0].image.reference',
        ],
        values: ['nginx', 'INDEX.docker.io/x/y:1', 'x/y', 'ghcr.io/old:2'],
      },
    ],
  },
};
