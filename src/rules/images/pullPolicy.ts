// Fills in the pull policy. Pods come with what the API server filled in, and nobody can tell that from what somebody wrote, so
// the API server's own IfNotPresent counts as missing. Always never does: with the admission plugin AlwaysPullImages it would
// come back.
import { defaultPullPolicy } from '../../images/pull-policy.ts';
import type { FillIn } from '../fill-in.ts';
import { withContainers, withVolumes } from '../write.ts';
import type { ImageParameters } from './parameters.ts';

/** Sets the policy's pull policy where there is none, or the one that the API server fills in. */
export const pullPolicy: FillIn<ImageParameters> = {
  id: 'pullPolicy',
  title: "Fills in the policy's pull policy in place of IfNotPresent, which the API server fills in.",
  sets: [
    'spec.initContainers[*].imagePullPolicy',
    'spec.containers[*].imagePullPolicy',
    'spec.ephemeralContainers[*].imagePullPolicy',
    'spec.volumes[*].image.pullPolicy',
  ],
  after: ['imageRewrite'],
  satisfies: [],
  platform: 'any',
  compile: ({ defaultPullPolicy: wanted }) => {
    if (wanted === undefined) return undefined;
    return (template, scope) => {
      const after = withContainers(template, scope, ({ image, imagePullPolicy }) =>
        isMissing(image, imagePullPolicy) ? { imagePullPolicy: wanted } : undefined,
      );
      return withVolumes(after, scope, (volume) => {
        const { image } = volume;
        if (image === undefined || image === null || !isMissing(image.reference, image.pullPolicy)) return undefined;
        return { ...volume, image: { ...image, pullPolicy: wanted } };
      });
    };
  },
  examples: [
    {
      name: 'where none is written, and where it is what the API server fills in',
      parameters: { defaultPullPolicy: 'Always' },
      before: {
        spec: {
          initContainers: [{ name: 'i', image: 'app:1' }],
          containers: [
            { name: 'a', image: 'app:1', imagePullPolicy: 'IfNotPresent' },
            { name: 'b', image: 'app:1', imagePullPolicy: 'Never' },
            { name: 'c', image: 'app' },
          ],
          ephemeralContainers: [{ name: 'e', image: 'app:1', imagePullPolicy: '' }],
          volumes: [
            { name: 'm', image: { reference: 'model:1', pullPolicy: null } },
            { name: 'n', image: { reference: 'model' } },
            { name: 'o', emptyDir: {} },
          ],
        },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', image: 'app:1', imagePullPolicy: 'Always' }],
          containers: [
            { name: 'a', image: 'app:1', imagePullPolicy: 'Always' },
            { name: 'b', image: 'app:1', imagePullPolicy: 'Never' },
            { name: 'c', image: 'app' },
          ],
          ephemeralContainers: [{ name: 'e', image: 'app:1', imagePullPolicy: 'Always' }],
          volumes: [
            { name: 'm', image: { reference: 'model:1', pullPolicy: 'Always' } },
            { name: 'n', image: { reference: 'model' } },
            { name: 'o', emptyDir: {} },
          ],
        },
      },
    },
    {
      name: 'IfNotPresent for an image whose pull policy the API server would set to Always was written by somebody',
      parameters: { defaultPullPolicy: 'Always' },
      before: { spec: { containers: [{ name: 'a', image: 'app:latest', imagePullPolicy: 'IfNotPresent' }] } },
    },
    {
      name: 'Always stays, since an admission plugin of the API server may insist on it',
      parameters: { defaultPullPolicy: 'Never' },
      before: {
        spec: {
          containers: [
            { name: 'a', image: 'app:1', imagePullPolicy: 'Always' },
            { name: 'b', image: 'app' },
          ],
        },
      },
    },
  ],
};

/** True where the API server fills in IfNotPresent, or has done so. */
function isMissing(image: string | null | undefined, stated: string | null | undefined): boolean {
  return (!stated || stated === 'IfNotPresent') && defaultPullPolicy(image ?? '') === 'IfNotPresent';
}
