// Fills in HOME: a user whom the image's /etc/passwd does not know has / as its home, where it cannot write.

import { addingEnv } from '../added-env.ts';
import type { FillIn } from '../fill-in.ts';
import type { IdentityParameters } from './parameters.ts';

/** Sets the variable HOME in every container that does not. */
export const home: FillIn<IdentityParameters> = {
  id: 'home',
  title: 'Fills in the environment variable HOME.',
  sets: ['spec.initContainers[*].env', 'spec.containers[*].env', 'spec.ephemeralContainers[*].env'],
  satisfies: [],
  platform: 'linux',
  compile: ({ home: value }) => (value === undefined ? undefined : addingEnv([{ name: 'HOME', value }])),
  examples: [
    {
      name: 'every list of containers, after what is there',
      parameters: { home: '/home/agent' },
      before: {
        spec: {
          initContainers: [{ name: 'i', env: null }],
          containers: [{ name: 'a', env: [{ name: 'A', value: 'b' }] }],
          ephemeralContainers: [{ name: 'e' }],
        },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', env: [{ name: 'HOME', value: '/home/agent' }] }],
          containers: [
            {
              name: 'a',
              env: [
                { name: 'A', value: 'b' },
                { name: 'HOME', value: '/home/agent' },
              ],
            },
          ],
          ephemeralContainers: [{ name: 'e', env: [{ name: 'HOME', value: '/home/agent' }] }],
        },
      },
    },
    {
      name: 'a HOME of its own stays, also where it is empty',
      parameters: { home: '/home/agent' },
      before: { spec: { containers: [{ name: 'a', env: [{ name: 'HOME', value: '' }] }] } },
    },
  ],
};
