// scheduling: where a pod runs, and before whom.
import { NEXT, put } from '../../support/change.ts';
import { by, inPod, kubernetes, letIn, NO_POD, type Section, whileItRuns } from '../attempt.ts';
import { POD_WAYS } from '../ways.ts';

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
