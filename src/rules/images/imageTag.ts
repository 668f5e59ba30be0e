/*
Images must not have a tag that the policy forbids. An image without a tag has the tag `latest`. Beside a digest no tag counts,
since the image is pulled by its digest.

**Restricted Fields:**
spec.containers[*].image
spec.initContainers[*].image
spec.ephemeralContainers[*].image
spec.volumes[*].image.reference

**Allowed Values:** images with a digest, or with a tag that matches no entry of the policy's list
*/
import { parseImage, tagColon } from '../../images/image-reference.ts';
import { compileGlob } from '../../model/glob.ts';
import { remembered } from '../../model/remembered.ts';
import type { RuleCheck } from '../check.ts';
import type { ImageParameters } from './parameters.ts';
import { describeImages, judgeImages } from './places.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** A check that no image has a tag that the policy forbids. */
export const imageTag: RuleCheck<ImageParameters> = {
  id: 'imageTag',
  title: 'Images must not have a tag that the policy forbids.',
  fix: 'name the version that you mean by another tag, or better by a digest',
  platform: 'any',
  compile: ({ forbiddenTags }) => {
    if (!forbiddenTags?.length) return undefined;
    const noTag = forbiddenTags.includes('') ? 'forbidden: no tag' : undefined;
    const tags = forbiddenTags.filter((tag) => tag !== '').map((tag) => ({ tag, matches: compileGlob(tag) }));
    const wrong = remembered((image) => {
      const { tag, digest } = parseImage(image) ?? {};
      if (tag === undefined || digest !== undefined) return undefined;
      if (noTag !== undefined && tagColon(image) < 0) return noTag;
      const by = tags.find(({ matches }) => matches(tag));
      if (by === undefined) return undefined;
      return `forbidden: tag "${by.tag}"${tagColon(image) < 0 ? ', which is meant where there is none' : ''}`;
    });
    return (pod) => judgeImages(pod, wrong);
  },
  describe: describeImages('forbidden tag'),
  examples: {
    pass: [
      {
        name: 'other tags, and any tag beside a digest',
        parameters: { forbiddenTags: ['latest', '', '*-debug'] },
        pod: {
          spec: {
            containers: [
              { name: 'a', image: 'localhost:5000/app:1' },
              { name: 'b', image: `app:latest@${DIGEST}` },
              { name: 'c', image: `app@${DIGEST}` },
            ],
            volumes: [{ name: 'm', image: { reference: 'model:v1' } }],
          },
        },
      },
      {
        name: 'an empty list forbids nothing',
        parameters: { forbiddenTags: [] },
        pod: { spec: { containers: [{ name: 'a', image: 'app' }] } },
      },
    ],
    fail: [
      {
        name: 'the tag latest, written or meant, in every place',
        parameters: { forbiddenTags: ['latest'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', image: 'localhost:5000/app' }],
            containers: [
              { name: 'a', image: 'app:latest' },
              { name: 'fine', image: 'app:LATEST' },
            ],
            ephemeralContainers: [{ name: 'e', image: 'app:latest' }],
            volumes: [{ name: 'm', image: { reference: 'model' } }],
          },
        },
        says:
          'forbidden tag (containers "i", "a", "e" and volume "m" have images "localhost:5000/app", "app:latest", "model"; ' +
          'forbidden: tag "latest", which is meant where there is none; forbidden: tag "latest")',
        paths: [
          'spec.initContainers[0].image',
          'spec.containers[0].image',
          'spec.ephemeralContainers[0].image',
          'spec.volumes[0].image.reference',
        ],
        values: ['localhost:5000/app', 'app:latest', 'app:latest', 'model'],
      },
      {
        name: 'no tag, and a pattern',
        parameters: { forbiddenTags: ['', '*-debug'] },
        pod: {
          spec: {
            containers: [
              { name: 'a', image: 'app' },
              { name: 'b', image: 'app:1-debug' },
              { name: 'c', image: 'app:latest' },
            ],
          },
        },
        says: 'forbidden tag (containers "a", "b" have images "app", "app:1-debug"; forbidden: no tag; forbidden: tag "*-debug")',
        paths: ['spec.containers[0].image', 'spec.containers[1].image'],
        values: ['app', 'app:1-debug'],
      },
    ],
  },
};
