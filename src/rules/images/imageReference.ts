/*
Images must be references that a container runtime can read. What cannot be read cannot be compared with a list; the other
checks of this rule leave it to this one.

**Restricted Fields:**
spec.containers[*].image
spec.initContainers[*].image
spec.ephemeralContainers[*].image
spec.volumes[*].image.reference

**Allowed Values:** [registry/]repository[:tag][@digest]
*/
import { parseImage } from '../../images/image-reference.ts';
import { remembered } from '../../model/remembered.ts';
import type { RuleCheck } from '../check.ts';
import type { ImageParameters } from './parameters.ts';
import { describeImages, judgeImages } from './places.ts';

const SAYS = 'expected [registry/]repository[:tag][@digest] in lower case';

/** A check that every image can be read, wherever the policy says anything about images. */
export const imageReference: RuleCheck<ImageParameters> = {
  id: 'imageReference',
  title: 'Images must be references that can be read.',
  fix: 'write the image as [registry/]repository[:tag][@digest], in lower case and without spaces',
  platform: 'any',
  compile: ({ allowed, forbidden, digest, forbiddenTags }) => {
    if (!allowed && !forbidden?.length && !digest && !forbiddenTags?.length) return undefined;
    const wrong = remembered((image) => (parseImage(image) === undefined ? SAYS : undefined));
    return (pod) => judgeImages(pod, wrong);
  },
  describe: describeImages('unreadable image'),
  examples: {
    pass: [
      {
        name: 'every part of a reference',
        parameters: { allowed: ['**'] },
        pod: { spec: { containers: [{ name: 'a', image: `localhost:5000/x/y:1@sha256:${'0'.repeat(64)}` }] } },
      },
      {
        name: 'a policy that says nothing of images',
        parameters: { forbidden: [], forbiddenTags: [] },
        pod: { spec: { containers: [{ name: 'a', image: 'Not An Image' }] } },
      },
    ],
    fail: [
      {
        name: 'no image, an empty one, a wrong one, in every place',
        parameters: { digest: 'Required' },
        pod: {
          spec: {
            initContainers: [{ name: 'i' }],
            containers: [{ name: 'a', image: '' }],
            ephemeralContainers: [{ name: 'e', image: 'Nginx' }],
            volumes: [
              { name: 'm', image: { reference: null } },
              { name: 'n', image: {} },
              { name: 'fine', emptyDir: {}, image: null },
            ],
          },
        },
        says:
          'unreadable image (containers "i", "a", "e" and volumes "m", "n" have images "", "Nginx"; ' +
          'expected [registry/]repository[:tag][@digest] in lower case)',
        paths: [
          'spec.initContainers[0].image',
          'spec.containers[0].image',
          'spec.ephemeralContainers[0].image',
          'spec.volumes[0].image.reference',
          'spec.volumes[1].image.reference',
        ],
        values: [undefined, '', 'Nginx', null, undefined],
      },
      {
        name: 'a letter that only looks like the right one',
        parameters: { forbidden: ['docker.io/evil/**'] },
        pod: { spec: { containers: [{ name: 'a', image: 'docker.io/\u0435vil/x' }] } },
        says:
          'unreadable image (container "a" has image "docker.io/\\u0435vil/x"; ' +
          'expected [registry/]repository[:tag][@digest] in lower case; \\u0435 stands for a character that is not ASCII)',
        paths: ['spec.containers[0].image'],
        values: ['docker.io/\u0435vil/x'],
      },
    ],
  },
};
