// identity: who the processes of a pod are to the kernel and to its files.
import { all, put } from '../../support/change.ts';
import { by, inContainer, inPod, letIn, NO_POD, type Section, whileItRuns } from '../attempt.ts';
import { PATCH_WAYS, TYPED_WAYS } from '../ways.ts';

const POD = ['spec', 'securityContext'] as const;
const USER = ['securityContext', 'runAsUser'] as const;
const FILLED_IN = letIn('The user of the image is filled in.', 1000, ...POD, 'runAsUser');
const KEPT = [
  by(PATCH_WAYS, letIn('It keeps the user that the image before it was given, which the policy allows.')),
  by(['ephemeral container'], letIn('The pod has a user of its own by now, which its containers have as well.')),
] as const;
const WINDOWS = 'Only a kubelet on Windows runs it, where there is no such user: others refuse pods of another system.';

export const IDENTITY: Section = {
  title: 'identity: users and groups',
  rules: ['identity'],
  about: 'Each image has a user, which is filled in; users and groups that a pod names itself are judged.',
  spec: {
    identity: {
      runAsNonRoot: true,
      unknownImage: 'Deny',
      images: [{ image: 'example.com/*', runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 }],
      users: { min: 1000, max: 65_535 },
      rootGroups: 'Deny',
    },
  },
  base: (pod) => pod,
  attempts: [
    inContainer('root', 'userRange', put(0, ...USER)),
    inPod('root for the whole pod', 'userRange', put(0, ...POD, 'runAsUser')),
    inContainer('the last user below the range', 'userRange', put(999, ...USER)),
    inContainer('the first user above the range', 'userRange', put(65_536, ...USER)),
    inContainer('a user below zero', 'userRange', put(-1, ...USER), NO_POD),
    inContainer('root as a text', 'shape', put('0', ...USER), NO_POD),
    inContainer('a user that is not a whole number', 'shape', put(1000.5, ...USER), NO_POD),
    inPod('the user null', FILLED_IN, put(null, ...POD, 'runAsUser')),
    inPod('the security context null', FILLED_IN, put(null, ...POD)),
    inPod('the security context taken away', FILLED_IN, put(undefined, ...POD)),
    inContainer('an image that nobody knows', 'unknownImage', put('other.example/app:1', 'image'), ...KEPT),
    inContainer(
      'an image whose registry looks like the one that is known',
      'unknownImage',
      put('example.com.evil.example/app:1', 'image'),
      ...KEPT,
    ),
    inContainer(
      'an image that is known, below another registry',
      'unknownImage',
      put('evil.example/example.com/app:1', 'image'),
      ...KEPT,
    ),
    inContainer(
      'an image that nobody knows, as root',
      'userRange',
      all(put('other.example/app:1', 'image'), put(0, ...USER)),
    ),
    inContainer('group root', 'rootGroups', put(0, 'securityContext', 'runAsGroup')),
    inPod('group root for the files', 'rootGroups', put(0, ...POD, 'fsGroup')),
    inPod('group root among others', 'rootGroups', put([1000, 0], ...POD, 'supplementalGroups')),
    inPod(
      'a pod for Windows, with root for a user',
      letIn(WINDOWS),
      all(put('windows', 'spec', 'os', 'name'), put(0, ...POD, 'runAsUser')),
      by(TYPED_WAYS, NO_POD[1]),
    ),
    whileItRuns(
      'an image that nobody knows, in a pod that runs',
      letIn('The pod has a user of its own by now, which its containers keep.'),
      put('other.example/app:1', 'spec', 'containers', 'side', 'image'),
    ),
  ],
};

const RANGE = 'openshift.io/sa.scc.uid-range';

export const NAMESPACE_USERS: Section = {
  title: 'identity: the users of a namespace',
  rules: ['identity'],
  about: `The namespace has users of its own: its annotation \`${RANGE}\` is \`1000650000/10000\`.`,
  annotations: { [RANGE]: '1000650000/10000' },
  spec: { identity: { users: { fromNamespaceAnnotation: RANGE } } },
  base: put(1_000_650_000, ...POD, 'runAsUser'),
  attempts: [
    inContainer('root', 'userRange', put(0, ...USER)),
    inContainer('the last user of the namespace before', 'userRange', put(1_000_649_999, ...USER)),
    inContainer('the first user of the namespace behind', 'userRange', put(1_000_660_000, ...USER)),
    inPod('no user at all', 'userRange', put(undefined, ...POD)),
    inPod('the user null', 'userRange', put(null, ...POD, 'runAsUser')),
    inPod(
      'a range of one’s own, in an annotation of the pod',
      'userRange',
      all(put('0/10000', 'metadata', 'annotations', RANGE), put(0, ...POD, 'runAsUser')),
    ),
  ],
};
