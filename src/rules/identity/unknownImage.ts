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

import { compileImageTable, type ImageTable } from '../../images/image-table.ts';
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import { statedUser } from '../../kubernetes/stated-user.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { RuleCheck } from '../check.ts';
import type { IdentityParameters } from './parameters.ts';

const REQUIRED = { images: [{ image: 'nginx', runAsUser: 101 }] };

/** A check that every container states its user or has an image that the policy's identity table knows. */
export const unknownImage: RuleCheck<IdentityParameters> = {
  id: 'unknownImage',
  title: 'Containers must state their user, or run an image whose user is known.',
  fix: "set securityContext.runAsUser to the image's numeric user, or ask for a row for the image in the policy",
  platform: 'linux',
  compile: (identity) => {
    if (modeOf(identity) === 'Ignore') return undefined;
    const { table } = compileImageTable(identity);
    return (pod) => findUnknown(pod, table);
  },
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
      },
      {
        name: 'no image at all',
        parameters: REQUIRED,
        pod: { spec: { containers: [{ name: 'a' }] } },
        says: 'unknown image (container "a" has no runAsUser and no row of the identity table matches image "")',
        paths: ['spec.containers[0].securityContext.runAsUser'],
      },
    ],
  },
};

/** What the policy says, or what it implies: with rows and no default user it relies on the rows. */
function modeOf(identity: IdentityParameters): 'Ignore' | 'Warn' | 'Deny' {
  if (identity.unknownImage !== undefined) return identity.unknownImage;
  return identity.images !== undefined && identity.runAsUser === undefined ? 'Deny' : 'Ignore';
}

function findUnknown(pod: PodView, table: ImageTable): Failure | undefined {
  const security = pod.spec.securityContext;
  const names: string[] = [];
  const images = new Set<string>();
  const fields: FieldRef[] = [];
  for (const ref of pod.containers) {
    if (statedUser(ref.container, security) !== undefined || table.find(ref.container.image) !== undefined) continue;
    names.push(ref.name);
    images.add(ref.container.image ?? '');
    fields.push({ path: containerPath(ref, 'securityContext.runAsUser'), container: ref.name });
  }
  if (names.length === 0) return undefined;
  const containers = pluralize('container', 'containers', names.length);
  const have = pluralize('has', 'have', names.length);
  const image = pluralize('image', 'images', images.size);
  return {
    reason: 'unknown image',
    detail:
      `${containers} ${joinQuoted(names)} ${have} no runAsUser and ` +
      `no row of the identity table matches ${image} ${joinQuoted([...images])}`,
    fields,
  };
}
