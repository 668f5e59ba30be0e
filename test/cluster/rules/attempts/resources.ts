// resources: how much a pod has.
import { all, put } from '../../support/change.ts';
import { inContainer, inOwnContainer, inPod, letIn, NO_POD, rewritten, type Section, whileItRuns } from '../attempt.ts';

const LIMITS = ['resources', 'limits'] as const;
const GIVEN = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } };

function given(list: string, name: string) {
  return put(GIVEN, 'spec', list, name, 'resources');
}

export const RESOURCES: Section = {
  title: 'resources',
  rules: ['resources'],
  about: 'Each container has limits, of cpu at most 4 and of memory at most 8Gi, and no device but a GPU.',
  spec: {
    resources: {
      required: ['limits.cpu', 'limits.memory'],
      defaults: { requests: { cpu: '100m' } },
      max: { 'limits.cpu': 4, 'limits.memory': '8Gi' },
      allowedExtended: ['nvidia.com/gpu'],
      claims: 'Deny',
    },
  },
  base: all(
    given('initContainers', 'setup'),
    given('initContainers', 'sidecar'),
    given('containers', 'app'),
    given('containers', 'side'),
  ),
  attempts: [
    inOwnContainer('more memory', 'maxResources', put('9Gi', ...LIMITS, 'memory')),
    inOwnContainer('one byte more', 'maxResources', put('8589934593', ...LIMITS, 'memory')),
    inOwnContainer('more memory in another spelling', 'maxResources', put('9e9', ...LIMITS, 'memory')),
    rewritten(
      'the API server writes it as 9G',
      inOwnContainer('more memory as a number', 'maxResources', put(9_000_000_000, ...LIMITS, 'memory')),
    ),
    inOwnContainer('more cpu by thousandths', 'maxResources', put('4001m', ...LIMITS, 'cpu')),
    inOwnContainer(
      'no limit of memory',
      'requiredResources',
      put({ limits: { cpu: '1' }, requests: { cpu: '1' } }, 'resources'),
    ),
    inOwnContainer(
      'a limit of zero, which is none',
      'requiredResources',
      put({ limits: { cpu: '1', memory: '0' } }, 'resources'),
    ),
    inOwnContainer(
      'less than nothing',
      'maxResources',
      put({ limits: { cpu: '1', memory: '-1' } }, 'resources'),
      NO_POD,
    ),
    inOwnContainer(
      'a limit that is not a number',
      'maxResources',
      put({ limits: { cpu: '1', memory: 'all' } }, 'resources'),
      NO_POD,
    ),
    inOwnContainer('the limits null', 'requiredResources', put(null, ...LIMITS)),
    inOwnContainer('no resources', 'requiredResources', put(undefined, 'resources')),
    inOwnContainer(
      'a device',
      'allowedExtended',
      put({ limits: { cpu: '1', memory: '1Gi', 'example.com/fuse': '1' } }, 'resources'),
    ),
    inOwnContainer(
      'a GPU of another name',
      'allowedExtended',
      put({ limits: { cpu: '1', memory: '1Gi', 'nvidia.com/gpu.shared': '1' } }, 'resources'),
    ),
    inPod(
      'devices by a claim',
      'resourceClaims',
      put([{ name: 'gpu', resourceClaimName: 'mine' }], 'spec', 'resourceClaims'),
    ),
    inPod(
      'more memory for the pod as a whole',
      'maxResources',
      put({ limits: { memory: '64Gi' } }, 'spec', 'resources'),
    ),
    whileItRuns(
      'more memory while it runs',
      'maxResources',
      put(
        { limits: { cpu: '1', memory: '9Gi' }, requests: { cpu: '100m', memory: '1Gi' } },
        'spec',
        'containers',
        'side',
        'resources',
      ),
      'resize',
    ),
    whileItRuns(
      'more cpu while it runs, for a sidecar',
      'maxResources',
      put(
        { limits: { cpu: '5', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } },
        'spec',
        'initContainers',
        'sidecar',
        'resources',
      ),
      'resize',
    ),
    inContainer(
      'as much as there is, in an ephemeral container',
      letIn('Ephemeral containers have no resources of their own: they use what is left of the pod’s.'),
      (container) => container,
    ),
  ],
};
