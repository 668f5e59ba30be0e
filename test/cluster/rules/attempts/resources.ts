// resources and scheduling: how much a pod has, where it runs, and before whom.
import { all, NEXT, put } from '../../support/change.ts';
import {
  by,
  inContainer,
  inOwnContainer,
  inPod,
  kubernetes,
  letIn,
  NO_POD,
  rewritten,
  type Section,
  whileItRuns,
} from '../attempt.ts';
import { POD_WAYS } from '../ways.ts';

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
      'a limit that is no number',
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

const TAINT = { key: 'agents', operator: 'Equal', value: 'yes', effect: 'NoSchedule' };
const TOLERATIONS = ['spec', 'tolerations'] as const;

export const SCHEDULING: Section = {
  title: 'scheduling',
  rules: ['scheduling'],
  about: 'Pods run on the nodes for agents, before nobody else.',
  spec: {
    scheduling: {
      addNodeSelector: { pool: 'agents' },
      requiredNodeSelector: { pool: 'agents' },
      addTolerations: [TAINT],
      requiredTolerations: [TAINT],
      allowedTolerations: [{ key: 'agents' }],
      nodeName: 'Deny',
      allowedSchedulers: ['default-scheduler'],
      defaultPriorityClass: 'batch',
      allowedPriorityClasses: ['batch'],
    },
  },
  base: (pod) => pod,
  attempts: [
    inPod('other nodes', 'requiredNodeSelector', put('system', 'spec', 'nodeSelector', 'pool')),
    inPod('any nodes, by an empty value', 'requiredNodeSelector', put('', 'spec', 'nodeSelector', 'pool')),
    inPod(
      'the node selector null',
      letIn('It is filled in.', 'agents', 'spec', 'nodeSelector', 'pool'),
      put(null, 'spec', 'nodeSelector'),
    ),
    inPod('a node by its name', 'nodeName', put('node-1', 'spec', 'nodeName')),
    inPod('a node by an empty name', letIn('It names none.'), put('', 'spec', 'nodeName')),
    inPod('every taint', 'allowedTolerations', put([{ operator: 'Exists' }], ...TOLERATIONS)),
    inPod(
      'every taint of one effect',
      'allowedTolerations',
      put([{ operator: 'Exists', effect: 'NoExecute' }], ...TOLERATIONS),
    ),
    inPod(
      'the taint of the control plane',
      'allowedTolerations',
      put([{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }], ...TOLERATIONS),
    ),
    inPod(
      'the taint of the control plane by an empty operator',
      'allowedTolerations',
      put([{ key: 'node-role.kubernetes.io/control-plane', operator: '', effect: 'NoSchedule' }], ...TOLERATIONS),
    ),
    inPod(
      'nodes that are not ready, for ever',
      'allowedTolerations',
      put([{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }], ...TOLERATIONS),
    ),
    inPod('the tolerations null', letIn('Those of the policy are filled in.'), put(null, ...TOLERATIONS)),
    inPod('another scheduler', 'allowedSchedulers', put('mine', 'spec', 'schedulerName')),
    inPod('the scheduler in capitals', 'allowedSchedulers', put('Default-Scheduler', 'spec', 'schedulerName')),
    inPod('before everybody else', 'allowedPriorityClasses', put('system-node-critical', 'spec', 'priorityClassName')),
    inPod('before others', 'allowedPriorityClasses', put('urgent', 'spec', 'priorityClassName')),
    inPod('a class with a blank', 'allowedPriorityClasses', put('batch ', 'spec', 'priorityClassName'), NO_POD),
    inPod(
      'a class by an empty name',
      letIn('The class of the policy is filled in.', 'batch', 'spec', 'priorityClassName'),
      put('', 'spec', 'priorityClassName'),
    ),
    inPod(
      'before others, by a number',
      letIn('It counts for nothing: the API server refuses a number that is not the class’s.'),
      put(1_000_000, 'spec', 'priority'),
      by(POD_WAYS, kubernetes()),
    ),
    whileItRuns(
      'every taint, in a pod that runs',
      'allowedTolerations',
      put({ operator: 'Exists' }, ...TOLERATIONS, NEXT),
    ),
    whileItRuns(
      'a node by binding the pod to it',
      letIn('Only schedulers should have a right to `pods/binding`, which no webhook of ours is asked about.'),
      put('node-1', 'spec', 'nodeName'),
      'binding',
    ),
  ],
};
