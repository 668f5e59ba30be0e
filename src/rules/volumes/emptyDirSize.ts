// Fills in the limit of emptyDir volumes: without one, a pod can fill the node's disk and have its neighbours evicted.
import type { Volume } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { FillIn } from '../fill-in.ts';
import { withVolumes } from '../write.ts';
import type { VolumeParameters } from './parameters.ts';

/** Sets sizeLimit where an emptyDir has none. A volume with only a name is an emptyDir to the API server. */
export const emptyDirSize: FillIn<VolumeParameters> = {
  id: 'emptyDirSize',
  title: "Fills in the policy's sizeLimit of emptyDir volumes.",
  sets: ['spec.volumes[*].emptyDir.sizeLimit'],
  satisfies: [],
  platform: 'any',
  compile: ({ emptyDir: { defaultSize } = {} }) => {
    if (defaultSize === undefined) return undefined;
    return (template, scope) =>
      withVolumes(template, scope, (volume) => {
        if (!isEmptyDir(volume) || isGiven(volume.emptyDir?.sizeLimit)) return undefined;
        return { ...volume, emptyDir: { ...volume.emptyDir, sizeLimit: defaultSize } };
      });
  },
  examples: [
    {
      name: 'where there is none',
      parameters: { emptyDir: { defaultSize: '1Gi' } },
      before: {
        spec: {
          volumes: [
            { name: 'a', emptyDir: {} },
            { name: 'b', emptyDir: { medium: 'Memory', sizeLimit: null } },
            { name: 'c', configMap: null },
            { name: 'd', configMap: {} },
            { name: 'e', emptyDir: { sizeLimit: '2Gi' } },
          ],
        },
      },
      after: {
        spec: {
          volumes: [
            { name: 'a', emptyDir: { sizeLimit: '1Gi' } },
            { name: 'b', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
            { name: 'c', configMap: null, emptyDir: { sizeLimit: '1Gi' } },
            { name: 'd', configMap: {} },
            { name: 'e', emptyDir: { sizeLimit: '2Gi' } },
          ],
        },
      },
    },
    {
      name: 'what somebody wrote is kept, to be judged',
      parameters: { emptyDir: { defaultSize: '1Gi' } },
      before: { spec: { volumes: [{ name: 'a', emptyDir: { sizeLimit: 0 } }] } },
    },
  ],
};

function isEmptyDir(volume: Volume): boolean {
  if (isGiven(volume.emptyDir)) return true;
  return Object.keys(volume).every((key) => key === 'name' || !isGiven(volume[key]));
}
