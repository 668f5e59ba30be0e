// Adds secrets to pull images with.
import type { FillIn } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { ImageParameters } from './parameters.ts';

/**
 * Adds the secrets that a pod does not list. Only to pods: the API server gives a pod without any secret those of its service
 * account, which a secret that stands in a Sandbox would keep it from.
 */
export const pullSecrets: FillIn<ImageParameters> = {
  id: 'pullSecrets',
  title: "Adds the policy's secrets to pull images with.",
  sets: ['spec.imagePullSecrets'],
  satisfies: [],
  platform: 'any',
  compile: ({ addPullSecrets: names }) => {
    if (names === undefined) return undefined;
    return (template, scope) => {
      if (!scope.podLevel || scope.stored) return template;
      const listed = template.spec?.imagePullSecrets ?? [];
      const missing = names.filter((wanted) => !listed.some(({ name }) => name === wanted));
      if (missing.length === 0) return template;
      return withSpec(template, { imagePullSecrets: [...listed, ...missing.map((name) => ({ name }))] });
    };
  },
  examples: [
    {
      name: 'behind those that are there',
      parameters: { addPullSecrets: ['mirror', 'other'] },
      before: { spec: { imagePullSecrets: [{ name: 'own' }, { name: 'other' }] } },
      after: { spec: { imagePullSecrets: [{ name: 'own' }, { name: 'other' }, { name: 'mirror' }] } },
    },
    {
      name: 'where there are none',
      parameters: { addPullSecrets: ['mirror'] },
      before: { spec: { imagePullSecrets: null } },
      after: { spec: { imagePullSecrets: [{ name: 'mirror' }] } },
    },
    {
      name: 'a pod that lists them',
      parameters: { addPullSecrets: ['mirror'] },
      before: { spec: { imagePullSecrets: [{}, { name: 'mirror' }] } },
    },
  ],
};
