/*
An image whose user nobody knows can be given none, and with runAsNonRoot alone it may not start at all: the node refuses
a container whose image names its user by a word. So a container must state its user, or its image must have a row.

**Restricted Fields:**
spec.securityContext.runAsUser
spec.containers[*].securityContext.runAsUser
spec.initContainers[*].securityContext.runAsUser
spec.ephemeralContainers[*].securityContext.runAsUser

**Allowed Values:** any number; undefined/null where the policy's identity table knows the image
*/

import type { ImageTable } from '../../images/image-table.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import { statedUser } from '../../kubernetes/stated-user.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, pluralize, quoteVisible } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { IdentityParameters } from './parameters.ts';
import { identityTable, unknownImageMode } from './table.ts';

const REQUIRED = { images: [{ image: 'nginx', runAsUser: 101 }] };

/** A check that every container states its user or has an image that the policy's identity table knows. */
export const unknownImage: RuleCheck<IdentityParameters> = {
  id: 'unknownImage',
  title: 'Containers must state their user, or run an image whose user is known.',
  fix: "set securityContext.runAsUser to the image's numeric user, or ask for a row for the image in the policy",
  platform: 'linux',
  compile: (identity) => {
    if (unknownImageMode(identity) === 'Ignore') return undefined;
    const table = identityTable(identity);
    return (pod) => findUnknown(pod, table);
  },
  describe,
  action: ({ unknownImage: mode }) => (mode === 'Warn' ? 'Warn' : undefined),
  examples: {
    pass: [
      {
        name: 'a row for the image',
        parameters: REQUIRED,
        pod: { spec: { containers: [{ name: 'a', image: 'nginx:1.27' }] } },
      },
      {
        name: 'a user of its own',
        parameters: REQUIRED,
        pod: { spec: { containers: [{ name: 'a', image: 'app', securityContext: { runAsUser: 1000 } }] } },
      },
      {
        name: "the pod's user",
        parameters: REQUIRED,
        pod: { spec: { securityContext: { runAsUser: 1000 }, containers: [{ name: 'a', image: 'app' }] } },
      },
      {
        name: 'a default user',
        parameters: { runAsUser: 1000 },
        pod: { spec: { containers: [{ name: 'a', image: 'app' }] } },
      },
      {
        name: 'a policy that ignores unknown images',
        parameters: { ...REQUIRED, unknownImage: 'Ignore' },
        pod: { spec: { containers: [{ name: 'a', image: 'app' }] } },
      },
      {
        name: 'a policy that has no rows to rely on',
        parameters: { fsGroup: 1000 },
        pod: { spec: { containers: [{ name: 'a', image: 'app' }] } },
      },
    ],
    fail: [
      {
        name: 'an image without a row',
        parameters: REQUIRED,
        pod: {
          spec: { containers: [{ name: 'a', image: 'ghcr.io/x/app:v1', securityContext: { runAsNonRoot: true } }] },
        },
        says: 'unknown image (container "a" has no runAsUser and no row of the identity table matches image "ghcr.io/x/app:v1")',
        paths: ['spec.containers[0].securityContext.runAsUser'],
        values: [undefined],
      },
      {
        name: 'every list of containers, each image named once',
        parameters: { ...REQUIRED, unknownImage: 'Warn' },
        pod: {
          spec: {
            containers: [
              { name: 'a', image: 'app' },
              { name: 'fine', image: 'nginx' },
            ],
            initContainers: [{ name: 'b', image: 'app' }],
            ephemeralContainers: [{ name: 'c', image: 'busybox' }],
          },
        },
        says: 'unknown image (containers "b", "a", "c" have no runAsUser and no row of the identity table matches images "app", "busybox")',
        paths: [
          'spec.initContainers[0].securityContext.runAsUser',
          'spec.containers[0].securityContext.runAsUser',
          'spec.ephemeralContainers[0].securityContext.runAsUser',
        ],
        values: [undefined, undefined, undefined],
      },
      {
        name: 'a default user that images without a row are not given',
        parameters: { ...REQUIRED, runAsUser: 1000, unknownImage: 'Deny' },
        pod: { spec: { containers: [{ name: 'a', image: 'redis:8' }] } },
        says: 'unknown image (container "a" has no runAsUser and no row of the identity table matches image "redis:8")',
        paths: ['spec.containers[0].securityContext.runAsUser'],
        values: [undefined],
      },
      {
        name: 'no image at all',
        parameters: REQUIRED,
        pod: { spec: { containers: [{ name: 'a' }] } },
        says: 'unknown image (container "a" has no runAsUser and no row of the identity table matches image "")',
        paths: ['spec.containers[0].securityContext.runAsUser'],
        values: [undefined],
      },
    ],
  },
};

function findUnknown(pod: PodView, table: ImageTable): readonly Violation[] | undefined {
  const security = pod.spec.securityContext;
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const { container } = ref;
    if (statedUser(container, security) !== undefined || table.find(container.image) !== undefined) continue;
    found = append(found, inContainer(ref, 'securityContext.runAsUser', container.securityContext?.runAsUser));
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const images = [...new Set(violations.map(({ of }) => of?.container.image ?? ''))];
  const have = pluralize('has', 'have', names.length);
  const image = pluralize('image', 'images', images.length);
  return {
    reason: 'unknown image',
    detail:
      `${nameContainers(names)} ${have} no runAsUser and ` +
      `no row of the identity table matches ${image} ${images.map(quoteVisible).join(', ')}${escapedNote(images)}`,
  };
}
