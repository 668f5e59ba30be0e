/*
emptyDir volumes must have a limit of at most the policy's, and be on a medium that it allows. Without a limit, or with a limit
of 0, a volume can fill the node's disk, or its memory.

**Restricted Fields:**
spec.volumes[*].emptyDir.sizeLimit
spec.volumes[*].emptyDir.medium

**Allowed Values:** a limit above 0 and at most the policy's; the policy's media
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { nanosOf } from '../../kubernetes/quantity.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Violation } from '../../model/finding.ts';
import { append, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import { describeDemands } from './in-words.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes } from './sources.ts';

interface Limits {
  readonly most: bigint | undefined;
  readonly size: string;
  readonly media: readonly string[] | undefined;
  readonly medium: string;
}

/** A check that emptyDir volumes keep within the policy's limits. */
export const emptyDirs: RuleCheck<VolumeParameters> = {
  id: 'emptyDirs',
  title: 'Volumes of type emptyDir must have a size and a medium that the policy allows.',
  fix: 'set emptyDir.sizeLimit and emptyDir.medium to what the policy allows',
  platform: 'any',
  compile: ({ emptyDir: { maxSize, allowedMedia } = {} }) => {
    if (maxSize === undefined && allowedMedia === undefined) return undefined;
    const limits: Limits = {
      most: nanosOf(maxSize),
      size: `must have a sizeLimit of at most ${maxSize ?? ''}`,
      media: allowedMedia,
      medium: `must have a medium among ${listedNames(allowedMedia ?? [])}`,
    };
    return (pod) => findOthers(pod, limits);
  },
  describe: describeDemands('emptyDir', ({ value }) => textOf(value) || undefined),
  examples: {
    pass: [
      {
        name: 'within the limit, in any spelling, on an allowed medium',
        parameters: { emptyDir: { maxSize: '1Gi', allowedMedia: ['', 'Memory'] } },
        pod: {
          spec: {
            volumes: [
              { name: 'a', emptyDir: { sizeLimit: '1024Mi', medium: null } },
              { name: 'b', emptyDir: { sizeLimit: 1000, medium: 'Memory' } },
              { name: 'c', configMap: {} },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'more, none, 0, and a value that is not a quantity',
        parameters: { emptyDir: { maxSize: '1Gi' } },
        pod: {
          spec: {
            volumes: [
              { name: 'a', emptyDir: { sizeLimit: '1025Mi' } },
              { name: 'b', emptyDir: {} },
              { name: 'c', emptyDir: { sizeLimit: '0' } },
              { name: 'd', emptyDir: { sizeLimit: 'much' } },
              { name: 'e', emptyDir: { sizeLimit: '-1Gi' } },
            ],
          },
        },
        says: 'emptyDir (volumes "a", "b", "c", "d", "e" must have a sizeLimit of at most 1Gi, found "1025Mi", "0", "much", "-1Gi")',
        paths: [0, 1, 2, 3, 4].map((index) => `spec.volumes[${index}].emptyDir.sizeLimit`),
        values: ['1025Mi', undefined, '0', 'much', '-1Gi'],
      },
      {
        name: 'another medium, and an empty list',
        parameters: { emptyDir: { allowedMedia: [''] } },
        pod: {
          spec: {
            volumes: [
              { name: 'a', emptyDir: { medium: 'Memory' } },
              { name: 'b', emptyDir: { medium: '' } },
            ],
          },
        },
        says: 'emptyDir (volume "a" must have a medium among "", found "Memory")',
        paths: ['spec.volumes[0].emptyDir.medium'],
        values: ['Memory'],
      },
    ],
  },
};

function findOthers(pod: PodView, { most, size, media, medium }: Limits): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const own of ownVolumes(pod, (one) => isGiven(one.emptyDir))) {
    const { sizeLimit, medium: stated } = own.volume.emptyDir ?? {};
    if (most !== undefined) {
      const limit = nanosOf(sizeLimit);
      if (limit === undefined || limit <= 0n || limit > most) {
        found = append(found, {
          path: `${own.path}.emptyDir.sizeLimit`,
          value: sizeLimit,
          volume: own.name,
          kind: size,
        });
      }
    }
    if (media && !media.includes(stated ?? '')) {
      found = append(found, { path: `${own.path}.emptyDir.medium`, value: stated, volume: own.name, kind: medium });
    }
  }
  return found;
}
