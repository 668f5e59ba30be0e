// Fills in who containers run as, from the policy's table of images: the number the node needs to hold runAsNonRoot.
import type { FillIn } from '../fill-in.ts';
import { IMAGE_CHANGES } from './examples.ts';
import { compileFsGroup } from './fs-group.ts';
import type { IdentityParameters } from './parameters.ts';
import { redecideUsers } from './redecide.ts';
import { identityTable, unknownImageMode } from './table.ts';
import { fillNonRoot, fillUsers, type Users } from './users.ts';
import { WARNINGS } from './warning-examples.ts';

const KAGENT = {
  images: [
    { image: 'ghcr.io/kagent-dev/kagent/app', tags: '>=0.10.0-rc.3', runAsUser: 65532, runAsGroup: 65532 },
    { image: 'ghcr.io/kagent-dev/kagent/app', runAsUser: 1001, fsGroup: 1001 },
  ],
};
const DIGEST = `sha256:${'0a'.repeat(32)}`;
const NEW_APP = 'ghcr.io/kagent-dev/kagent/app:0.10.0-rc3';
const OLD_APP = 'ghcr.io/kagent-dev/kagent/app:0.9.12';

/**
 * Sets runAsUser and runAsNonRoot as a pair, runAsGroup where the image's row gives it, and the pod's fsGroup. At pod
 * level where all containers agree, else per container. Nothing is set for a container whose image nobody knows, and
 * nothing for one that says `runAsNonRoot: false` and names no user.
 */
export const identity: FillIn<IdentityParameters> = {
  id: 'identity',
  title: 'Fills in runAsUser and runAsNonRoot, as each image needs, and the group of the volumes.',
  sets: [
    'spec.securityContext.runAsUser',
    'spec.securityContext.runAsGroup',
    'spec.securityContext.runAsNonRoot',
    'spec.securityContext.fsGroup',
    'spec.securityContext.fsGroupChangePolicy',
    ...['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
      ['runAsUser', 'runAsGroup', 'runAsNonRoot'].map((field) => `spec.${list}[*].securityContext.${field}`),
    ),
  ],
  after: ['imageRewrite'],
  satisfies: ['runAsNonRoot'],
  platform: 'linux',
  compile: (parameters) => {
    const table = identityTable(parameters);
    const users: Users = { table, warnOfDefault: unknownImageMode(parameters) === 'Warn' };
    const fillFsGroup = compileFsGroup(parameters, table);
    const redecides = parameters.onImageChange !== 'Keep';
    return (template, scope, notes) => {
      const old = redecides ? scope.old : undefined;
      let filled = old === undefined ? template : redecideUsers(template, old, scope, users, notes);
      filled = fillUsers(filled, scope, users, notes);
      if (parameters.runAsNonRoot !== false) filled = fillNonRoot(filled, scope);
      return scope.podLevel ? fillFsGroup(filled, old, scope, notes) : filled;
    };
  },
  examples: [
    {
      name: 'containers that agree, at pod level',
      parameters: { ...KAGENT, fsGroup: 2000, fsGroupChangePolicy: 'OnRootMismatch' },
      before: {
        spec: { initContainers: [{ name: 'i', image: NEW_APP }], containers: [{ name: 'a', image: NEW_APP }] },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', image: NEW_APP }],
          containers: [{ name: 'a', image: NEW_APP }],
          securityContext: {
            runAsUser: 65532,
            runAsGroup: 65532,
            runAsNonRoot: true,
            fsGroup: 2000,
            fsGroupChangePolicy: 'OnRootMismatch',
          },
        },
      },
    },
    {
      name: 'the group and the image by digest',
      parameters: { runAsUser: 1000, runAsGroup: 100, images: [{ image: 'app', digest: DIGEST, runAsUser: 5 }] },
      before: {
        spec: {
          containers: [
            { name: 'a', image: `app@${DIGEST}` },
            { name: 'b', image: 'app' },
          ],
        },
      },
      after: {
        spec: {
          containers: [
            { name: 'a', image: `app@${DIGEST}`, securityContext: { runAsUser: 5 } },
            { name: 'b', image: 'app', securityContext: { runAsUser: 1000, runAsGroup: 100 } },
          ],
          securityContext: { runAsNonRoot: true },
        },
      },
    },
    {
      name: "a row's own group for the volumes, and when they are changed to it",
      parameters: { images: [{ image: 'app', runAsUser: 5, fsGroup: 6, fsGroupChangePolicy: 'Always' }] },
      before: { spec: { containers: [{ name: 'a', image: 'app' }] } },
      after: {
        spec: {
          containers: [{ name: 'a', image: 'app' }],
          securityContext: { runAsUser: 5, runAsNonRoot: true, fsGroup: 6, fsGroupChangePolicy: 'Always' },
        },
      },
    },
    {
      name: 'containers that differ, each by its own image',
      parameters: KAGENT,
      before: {
        spec: { initContainers: [{ name: 'i', image: OLD_APP }], containers: [{ name: 'a', image: NEW_APP }] },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', image: OLD_APP, securityContext: { runAsUser: 1001 } }],
          containers: [{ name: 'a', image: NEW_APP, securityContext: { runAsUser: 65532, runAsGroup: 65532 } }],
          securityContext: { runAsNonRoot: true, fsGroup: 1001 },
        },
      },
    },
    {
      name: 'an image without a row gets nothing',
      parameters: KAGENT,
      before: {
        spec: {
          containers: [
            { name: 'a', image: NEW_APP },
            { name: 'b', image: 'busybox' },
          ],
        },
      },
      after: {
        spec: {
          containers: [
            {
              name: 'a',
              image: NEW_APP,
              securityContext: { runAsUser: 65532, runAsGroup: 65532, runAsNonRoot: true },
            },
            { name: 'b', image: 'busybox' },
          ],
        },
      },
      skips: ['unknown-image'],
    },
    {
      name: 'a container that says root is fine is left alone',
      parameters: { runAsUser: 1000 },
      before: { spec: { containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsNonRoot: false } }] } },
      after: {
        spec: {
          containers: [
            { name: 'a', securityContext: { runAsUser: 1000, runAsNonRoot: true } },
            { name: 'b', securityContext: { runAsNonRoot: false } },
          ],
        },
      },
    },
    {
      name: 'a pod that says root is fine is left alone',
      parameters: { runAsUser: 1000, fsGroup: 1000 },
      before: { spec: { securityContext: { runAsNonRoot: false }, containers: [{ name: 'a' }] } },
    },
    {
      name: 'a container of a user of its own keeps it; root never gets runAsNonRoot',
      parameters: { runAsUser: 1000 },
      before: { spec: { containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: 0 } }] } },
      after: {
        spec: {
          containers: [
            { name: 'a', securityContext: { runAsNonRoot: true } },
            { name: 'b', securityContext: { runAsUser: 0 } },
          ],
          securityContext: { runAsUser: 1000 },
        },
      },
    },
    {
      name: 'half of the pair is completed',
      parameters: { runAsUser: 1000 },
      before: { spec: { securityContext: { runAsNonRoot: true }, containers: [{ name: 'a' }] } },
      after: { spec: { securityContext: { runAsNonRoot: true, runAsUser: 1000 }, containers: [{ name: 'a' }] } },
    },
    {
      name: "a pod's user is completed too",
      parameters: { runAsUser: 1000 },
      before: { spec: { securityContext: { runAsUser: 5 }, containers: [{ name: 'a' }] } },
      after: { spec: { securityContext: { runAsUser: 5, runAsNonRoot: true }, containers: [{ name: 'a' }] } },
    },
    {
      name: 'the user alone, where the policy wants no more',
      parameters: { runAsUser: 1000, runAsNonRoot: false },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: { spec: { containers: [{ name: 'a' }], securityContext: { runAsUser: 1000 } } },
    },
    {
      name: 'rows that want different groups for the volumes',
      parameters: {
        images: [
          { image: 'a', runAsUser: 1, fsGroup: 1 },
          { image: 'b', runAsUser: 2, fsGroup: 2 },
        ],
      },
      before: {
        spec: {
          securityContext: { runAsUser: 3, runAsNonRoot: true },
          containers: [
            { name: 'a', image: 'a' },
            { name: 'b', image: 'b' },
          ],
        },
      },
      skips: ['fsgroup-differs'],
    },
    ...WARNINGS,
    ...IMAGE_CHANGES,
  ],
};
