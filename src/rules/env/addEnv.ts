// Fills in environment variables that every container of a policy needs, such as the time zone.

import { addingEnv } from '../added-env.ts';
import type { FillIn } from '../fill-in.ts';
import type { EnvParameters } from './parameters.ts';

const TZ = { add: [{ name: 'TZ', value: 'UTC' }] };

/** Adds the policy's variables to every container that sets none of their names. */
export const addEnv: FillIn<EnvParameters> = {
  id: 'addEnv',
  title: 'Adds environment variables.',
  sets: ['spec.initContainers[*].env', 'spec.containers[*].env', 'spec.ephemeralContainers[*].env'],
  satisfies: [],
  platform: 'any',
  compile: ({ add = [] }) => (add.length === 0 ? undefined : addingEnv(add)),
  examples: [
    {
      name: 'every list of containers, after what is there',
      parameters: { add: [...TZ.add, { name: 'LANG', value: 'C' }] },
      before: {
        spec: {
          initContainers: [{ name: 'i', env: null }],
          containers: [{ name: 'a', env: [{ name: 'A', value: 'b' }] }],
          ephemeralContainers: [{ name: 'e', env: [] }],
        },
      },
      after: {
        spec: {
          initContainers: [
            {
              name: 'i',
              env: [
                { name: 'TZ', value: 'UTC' },
                { name: 'LANG', value: 'C' },
              ],
            },
          ],
          containers: [
            {
              name: 'a',
              env: [
                { name: 'A', value: 'b' },
                { name: 'TZ', value: 'UTC' },
                { name: 'LANG', value: 'C' },
              ],
            },
          ],
          ephemeralContainers: [
            {
              name: 'e',
              env: [
                { name: 'TZ', value: 'UTC' },
                { name: 'LANG', value: 'C' },
              ],
            },
          ],
        },
      },
    },
    {
      name: 'a variable that a container sets stays, also where it is empty or comes from elsewhere',
      parameters: TZ,
      before: {
        spec: {
          initContainers: [{ name: 'i', env: [{ name: 'TZ' }] }],
          containers: [{ name: 'a', env: [{ name: 'TZ', valueFrom: { configMapKeyRef: { name: 'c', key: 'tz' } } }] }],
        },
      },
    },
  ],
};
