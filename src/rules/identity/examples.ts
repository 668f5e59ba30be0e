// Examples of what the rule `identity` decides again, for its fill-in.
import type { FillInExample } from '../fill-in.ts';
import type { IdentityParameters } from './parameters.ts';

const ROWS = {
  images: [
    { image: 'app', tags: '1', runAsUser: 1001, fsGroup: 1001 },
    { image: 'app', tags: '2', runAsUser: 65532, runAsGroup: 65532 },
    { image: 'tool', runAsUser: 5 },
  ],
  fsGroup: 2000,
} satisfies IdentityParameters;

/** Examples of updates that change images of a stored template. */
export const IMAGE_CHANGES: readonly FillInExample<IdentityParameters>[] = [
  {
    name: "the pod's user and groups follow its image",
    parameters: ROWS,
    old: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1001 },
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    before: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1001 },
        containers: [{ name: 'a', image: 'app:2' }],
      },
    },
    after: {
      spec: {
        securityContext: { runAsUser: 65532, runAsGroup: 65532, runAsNonRoot: true, fsGroup: 2000 },
        containers: [{ name: 'a', image: 'app:2' }],
      },
    },
    warns: [
      'container "a" runs as 65532:65532 instead of 1001, since its image changed from "app:1" to "app:2"',
      "the pod's fsGroup is 2000 instead of 1001, as the changed images need",
    ],
  },
  {
    name: 'a policy that keeps the user of the old image',
    parameters: { ...ROWS, onImageChange: 'Keep' },
    old: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    before: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:2' }],
      },
    },
  },
  {
    name: 'a user that somebody wrote stays',
    parameters: ROWS,
    old: {
      spec: {
        securityContext: { runAsUser: 7, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    before: {
      spec: {
        securityContext: { runAsUser: 7, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:2' }],
      },
    },
  },
  {
    name: 'a user that somebody writes together with the new image stays',
    parameters: ROWS,
    old: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    before: {
      spec: {
        securityContext: { runAsUser: 8, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:2' }],
      },
    },
  },
  {
    name: 'one of two images: each container has its own user from then on',
    parameters: ROWS,
    old: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        initContainers: [{ name: 'i', image: 'app:1' }],
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    before: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        initContainers: [{ name: 'i', image: 'app:2' }],
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    after: {
      spec: {
        securityContext: { runAsNonRoot: true, fsGroup: 1 },
        initContainers: [{ name: 'i', image: 'app:2', securityContext: { runAsUser: 65532, runAsGroup: 65532 } }],
        containers: [{ name: 'a', image: 'app:1', securityContext: { runAsUser: 1001 } }],
      },
    },
    warns: ['container "i" runs as 65532:65532 instead of 1001, since its image changed from "app:1" to "app:2"'],
  },
  {
    name: 'a container with the user of its image, and without a group where the new image has none',
    parameters: ROWS,
    old: {
      spec: {
        securityContext: { fsGroup: 1, runAsNonRoot: true },
        containers: [
          { name: 'a', image: 'app:2', securityContext: { runAsUser: 65532, runAsGroup: 65532 } },
          { name: 'b', image: 'app:1', securityContext: { runAsUser: 9 } },
        ],
      },
    },
    before: {
      spec: {
        securityContext: { fsGroup: 1, runAsNonRoot: true },
        containers: [
          { name: 'a', image: 'tool', securityContext: { runAsUser: 65532, runAsGroup: 65532 } },
          { name: 'b', image: 'app:2', securityContext: { runAsUser: 9 } },
        ],
      },
    },
    after: {
      spec: {
        securityContext: { fsGroup: 1, runAsNonRoot: true },
        containers: [
          { name: 'a', image: 'tool', securityContext: { runAsUser: 5 } },
          { name: 'b', image: 'app:2', securityContext: { runAsUser: 9 } },
        ],
      },
    },
    warns: ['container "a" runs as 5 instead of 65532:65532, since its image changed from "app:2" to "tool"'],
  },
  {
    name: 'an image that nobody knows keeps the user, with a warning',
    parameters: ROWS,
    old: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    before: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'redis' }],
      },
    },
    warns: [
      'container "a" keeps user 1001 of its earlier image "app:1": no row of the identity table matches image "redis"',
    ],
  },
  {
    name: 'a new container runs as its image needs, and not as the others',
    parameters: ROWS,
    old: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        containers: [{ name: 'a', image: 'app:1' }],
      },
    },
    before: {
      spec: {
        securityContext: { runAsUser: 1001, runAsNonRoot: true, fsGroup: 1 },
        containers: [
          { name: 'a', image: 'app:1' },
          { name: 't', image: 'tool' },
        ],
      },
    },
    after: {
      spec: {
        securityContext: { runAsNonRoot: true, fsGroup: 1 },
        containers: [
          { name: 'a', image: 'app:1', securityContext: { runAsUser: 1001 } },
          { name: 't', image: 'tool', securityContext: { runAsUser: 5 } },
        ],
      },
    },
    warns: ['container "t" runs as 5 instead of 1001, as image "tool" needs'],
  },
];
