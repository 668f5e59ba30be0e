// harden and require: the security fields that are filled in, and those that must be there.
import { all, put } from '../../support/change.ts';
import { by, inContainer, inPod, letIn, NO_POD, type Section, whileItRuns } from '../attempt.ts';
import { TYPED_WAYS } from '../ways.ts';

const POD = ['spec', 'securityContext'] as const;
const OWN = 'securityContext';
const DROP = [OWN, 'capabilities', 'drop'] as const;
const PROFILE = letIn('It is filled in.', { type: 'RuntimeDefault' }, ...POD, 'seccompProfile');
const OVERRIDDEN = 'The policy says override: ALL is added, with a warning.';

export const HARDEN: Section = {
  title: 'harden, beside podSecurity',
  rules: ['harden'],
  about:
    'What is missing is filled in, also where somebody takes it away again. What somebody wrote stays, and the Standards judge it.',
  spec: {
    podSecurity: { level: 'restricted', version: 'latest' },
    harden: { fields: 'restricted', override: ['capabilities.drop'] },
  },
  base: (pod) => pod,
  attempts: [
    inContainer('more privileges', 'allowPrivilegeEscalation', put(true, OWN, 'allowPrivilegeEscalation')),
    inContainer(
      'privileges left open',
      letIn('It is filled in.', false, OWN, 'allowPrivilegeEscalation'),
      put(null, OWN, 'allowPrivilegeEscalation'),
    ),
    inContainer('privileged', 'privileged', put(true, OWN, 'privileged')),
    inPod('no seccomp profile', 'seccompProfile_restricted', put({ type: 'Unconfined' }, ...POD, 'seccompProfile')),
    inContainer(
      'no seccomp profile for one',
      'seccompProfile_restricted',
      put({ type: 'Unconfined' }, OWN, 'seccompProfile'),
    ),
    inPod('the seccomp profile null', PROFILE, put(null, ...POD, 'seccompProfile')),
    inPod(
      'an empty seccomp profile',
      'seccompProfile_restricted',
      put({}, ...POD, 'seccompProfile'),
      NO_POD,
      by(
        ['applied Sandbox'],
        letIn('An apply takes away what its manager wrote, and no more: the profile stays as it was filled in.'),
      ),
    ),
    inPod('the security context null', PROFILE, put(null, ...POD)),
    inPod('the security context taken away', PROFILE, put(undefined, ...POD)),
    inContainer('nothing dropped', letIn(OVERRIDDEN, ['ALL'], ...DROP), put([], ...DROP)),
    inContainer('ALL in small letters', letIn(OVERRIDDEN, ['all', 'ALL'], ...DROP), put(['all'], ...DROP)),
    inContainer('a Linux capability more', 'capabilities_restricted', put(['SYS_ADMIN'], OWN, 'capabilities', 'add')),
    inContainer(
      'all of them, beside what is dropped',
      'capabilities_restricted',
      put({ add: ['ALL'], drop: ['ALL'] }, OWN, 'capabilities'),
    ),
    inContainer('maybe root', 'runAsNonRoot', put(false, OWN, 'runAsNonRoot')),
    inContainer('root', 'runAsUser', put(0, OWN, 'runAsUser')),
    inPod('the node’s processes', 'hostNamespaces', put(true, 'spec', 'hostPID')),
  ],
};

const REQUIRED_OF_CONTAINERS = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

function secured(list: string, name: string) {
  return put(REQUIRED_OF_CONTAINERS, 'spec', list, name, OWN);
}

export const REQUIRE: Section = {
  title: 'require',
  rules: ['require'],
  about: 'All six fields are required, and none is filled in.',
  spec: {
    require: [
      'seccompProfile',
      'allowPrivilegeEscalation',
      'capabilities',
      'runAsNonRoot',
      'readOnlyRootFilesystem',
      'hostUsers',
    ],
  },
  base: all(
    put({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, ...POD),
    put(false, 'spec', 'hostUsers'),
    secured('initContainers', 'setup'),
    secured('initContainers', 'sidecar'),
    secured('containers', 'app'),
    secured('containers', 'side'),
  ),
  attempts: [
    inContainer(
      'a root filesystem that can be written',
      'requiredReadOnlyRootFilesystem',
      put({ ...REQUIRED_OF_CONTAINERS, readOnlyRootFilesystem: false }, OWN),
    ),
    inContainer(
      'the same null',
      'requiredReadOnlyRootFilesystem',
      put({ ...REQUIRED_OF_CONTAINERS, readOnlyRootFilesystem: null }, OWN),
    ),
    inContainer(
      'the same as a text',
      'shape',
      put({ ...REQUIRED_OF_CONTAINERS, readOnlyRootFilesystem: 'true' }, OWN),
      NO_POD,
    ),
    inContainer('no security context', 'requiredCapabilities', put(undefined, OWN)),
    inContainer(
      'more privileges',
      'requiredAllowPrivilegeEscalation',
      put({ ...REQUIRED_OF_CONTAINERS, allowPrivilegeEscalation: true }, OWN),
    ),
    inContainer(
      'privileges left open',
      'requiredAllowPrivilegeEscalation',
      put({ ...REQUIRED_OF_CONTAINERS, allowPrivilegeEscalation: null }, OWN),
    ),
    inContainer(
      'ALL in small letters',
      'requiredCapabilities',
      put({ ...REQUIRED_OF_CONTAINERS, capabilities: { drop: ['all'] } }, OWN),
    ),
    inContainer(
      'ALL with a blank',
      'requiredCapabilities',
      put({ ...REQUIRED_OF_CONTAINERS, capabilities: { drop: ['ALL '] } }, OWN),
    ),
    inContainer(
      'each by its name but one',
      'requiredCapabilities',
      put({ ...REQUIRED_OF_CONTAINERS, capabilities: { drop: ['NET_RAW', 'SYS_ADMIN'] } }, OWN),
    ),
    inContainer('maybe root', 'requiredRunAsNonRoot', put({ ...REQUIRED_OF_CONTAINERS, runAsNonRoot: false }, OWN)),
    inPod('maybe root, since nobody says otherwise', 'requiredRunAsNonRoot', put(null, ...POD, 'runAsNonRoot')),
    inContainer(
      'no seccomp profile',
      'requiredSeccompProfile',
      put({ ...REQUIRED_OF_CONTAINERS, seccompProfile: { type: 'Unconfined' } }, OWN),
    ),
    inPod('no seccomp profile for the pod', 'requiredSeccompProfile', put(undefined, ...POD, 'seccompProfile')),
    inPod('the users of the node', 'requiredHostUsers', put(true, 'spec', 'hostUsers')),
    inPod(
      'the users of the node, since nobody says otherwise',
      'requiredHostUsers',
      put(undefined, 'spec', 'hostUsers'),
    ),
    inPod('the users of the node by null', 'requiredHostUsers', put(null, 'spec', 'hostUsers')),
    inPod(
      'a pod for Windows, which has none of these fields',
      letIn('Only a kubelet on Windows runs it: others refuse pods of another system.'),
      put('windows', 'spec', 'os', 'name'),
      by(TYPED_WAYS, NO_POD[1]),
    ),
    whileItRuns(
      'another image, in a pod that runs',
      letIn('It is judged by the fields that it keeps.'),
      put('example.com/side:2', 'spec', 'containers', 'side', 'image'),
    ),
  ],
};
