/*
Images must be among those that the policy allows. Docker's short names mean what they mean to a container runtime: `nginx` is
`docker.io/library/nginx`.

**Restricted Fields:**
spec.containers[*].image
spec.initContainers[*].image
spec.ephemeralContainers[*].image
spec.volumes[*].image.reference

**Allowed Values:** images that match an entry of the policy's list
*/
import { compilePatterns } from '../../images/image-pattern.ts';
import { parseImage } from '../../images/image-reference.ts';
import { remembered } from '../../model/remembered.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import type { ImageParameters } from './parameters.ts';
import { describeImages, judgeImages } from './places.ts';

/** A check that every image is one that the policy allows. */
export const allowedImages: RuleCheck<ImageParameters> = {
  id: 'allowedImages',
  title: 'Images must be among those that the policy allows.',
  fix: 'use an image that the policy allows',
  platform: 'any',
  compile: ({ allowed }) => {
    if (allowed === undefined) return undefined;
    const match = compilePatterns(allowed);
    const says = `allowed: ${listedNames(allowed)}`;
    const wrong = remembered((image) => {
      const reference = parseImage(image);
      return reference && match(reference.repository) === undefined ? says : undefined;
    });
    return (pod) => judgeImages(pod, wrong);
  },
  describe: describeImages('image not allowed'),
  examples: {
    pass: [
      {
        name: 'plain names, patterns, and what Docker implies',
        parameters: { allowed: ['nginx', 'ghcr.io/acme/**', '**/tool'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', image: 'index.docker.io/library/nginx:1' }],
            containers: [
              { name: 'a', image: `GHCR.io/acme/deep/app@sha256:${'a'.repeat(64)}` },
              { name: 't', image: 'mirror:5000/x/tool' },
            ],
            volumes: [{ name: 'm', image: { reference: 'ghcr.io/acme/model' } }],
          },
        },
      },
      {
        name: 'what cannot be read is for another check to refuse',
        parameters: { allowed: [] },
        pod: { spec: { containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'another registry, in every place',
        parameters: { allowed: ['ghcr.io/acme/*'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', image: 'evil.example/ghcr.io/acme/x' }],
            containers: [
              { name: 'a', image: 'ghcr.io/acme/x' },
              { name: 'b', image: 'ghcr.io/acme/x/y' },
            ],
            ephemeralContainers: [{ name: 'e', image: 'ghcr.io/acmee/x' }],
            volumes: [{ name: 'm', image: { reference: 'acme/x' } }],
          },
        },
        says:
          'image not allowed (containers "i", "b", "e" and volume "m" have images "evil.example/ghcr.io/acme/x", ' +
          '"ghcr.io/acme/x/y", "ghcr.io/acmee/x", "acme/x"; allowed: "ghcr.io/acme/*")',
        paths: [
          'spec.initContainers[0].image',
          'spec.containers[1].image',
          'spec.ephemeralContainers[0].image',
          'spec.volumes[0].image.reference',
        ],
        values: ['evil.example/ghcr.io/acme/x', 'ghcr.io/acme/x/y', 'ghcr.io/acmee/x', 'acme/x'],
      },
      {
        name: 'an empty list allows nothing',
        parameters: { allowed: [] },
        pod: { spec: { containers: [{ name: 'a', image: 'nginx' }] } },
        says: 'image not allowed (container "a" has image "nginx"; allowed: none)',
        paths: ['spec.containers[0].image'],
        values: ['nginx'],
      },
      {
        name: 'the first entries of a long list are named',
        parameters: { allowed: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'] },
        pod: { spec: { containers: [{ name: 'a', image: 'nginx' }] } },
        says:
          'image not allowed (container "a" has image "nginx"; ' +
          'allowed: "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" and 2 more)',
        paths: ['spec.containers[0].image'],
        values: ['nginx'],
      },
    ],
  },
};
