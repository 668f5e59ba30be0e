/*
Images must be named by digest: a tag can be moved to another image after somebody has looked at the first.

**Restricted Fields:**
spec.containers[*].image
spec.initContainers[*].image
spec.ephemeralContainers[*].image
spec.volumes[*].image.reference

**Allowed Values:** images with @sha256:…, @sha384:… or @sha512:…
*/
import { parseImage } from '../../images/image-reference.ts';
import { remembered } from '../../model/remembered.ts';
import type { RuleCheck } from '../check.ts';
import type { ImageParameters } from './parameters.ts';
import { describeImages, judgeImages } from './places.ts';

const SAYS = 'required: a digest, such as @sha256:…';
const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** A check that every image is named by its digest. */
export const imageDigest: RuleCheck<ImageParameters> = {
  id: 'imageDigest',
  title: 'Images must be named by their digest.',
  fix: 'add the digest of the image, such as nginx:1.27@sha256:… (docker buildx imagetools inspect IMAGE prints it)',
  platform: 'any',
  compile: ({ digest }) => {
    if (digest === undefined) return undefined;
    const wrong = remembered((image) => {
      const reference = parseImage(image);
      return reference && reference.digest === undefined ? SAYS : undefined;
    });
    return (pod) => judgeImages(pod, wrong);
  },
  describe: describeImages('image without digest'),
  examples: {
    pass: [
      {
        name: 'a digest, with a tag or without',
        parameters: { digest: 'Required' },
        pod: {
          spec: {
            containers: [
              { name: 'a', image: `app@${DIGEST}` },
              { name: 'b', image: `app:latest@${DIGEST}` },
            ],
            volumes: [{ name: 'm', image: { reference: `model@${DIGEST}` } }],
          },
        },
      },
      {
        name: 'a policy that does not ask for it',
        parameters: {},
        pod: { spec: { containers: [{ name: 'a', image: 'app' }] } },
      },
    ],
    fail: [
      {
        name: 'a tag, or nothing, in every place',
        parameters: { digest: 'Required' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', image: 'app:1' }],
            containers: [
              { name: 'a', image: 'app' },
              { name: 'b', image: `app@${DIGEST}` },
            ],
            ephemeralContainers: [{ name: 'e', image: 'app:sha256' }],
            volumes: [{ name: 'm', image: { reference: 'app:1' } }],
          },
        },
        says:
          'image without digest (containers "i", "a", "e" and volume "m" have images "app:1", "app", "app:sha256"; ' +
          'required: a digest, such as @sha256:…)',
        paths: [
          'spec.initContainers[0].image',
          'spec.containers[0].image',
          'spec.ephemeralContainers[0].image',
          'spec.volumes[0].image.reference',
        ],
        values: ['app:1', 'app', 'app:sha256', 'app:1'],
      },
    ],
  },
};
