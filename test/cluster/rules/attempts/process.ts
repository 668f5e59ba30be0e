// process: what the processes of a pod are to one another.
import { all, put } from '../../support/change.ts';
import { by, inContainer, inPod, kubernetes, letIn, NO_POD, type Section } from '../attempt.ts';

const PROBE = { tcpSocket: { port: 80 } };

export const PROCESS: Section = {
  title: 'process',
  rules: ['process'],
  about: 'Containers keep their processes to themselves, have no terminal, and say whether they are ready.',
  spec: {
    process: {
      shareProcessNamespace: 'Deny',
      stdin: 'Deny',
      hostProbes: 'Deny',
      lifecycleExec: 'Deny',
      requiredProbes: ['readinessProbe'],
    },
  },
  base: all(
    put(PROBE, 'spec', 'initContainers', 'sidecar', 'readinessProbe'),
    put(PROBE, 'spec', 'containers', 'app', 'readinessProbe'),
    put(PROBE, 'spec', 'containers', 'side', 'readinessProbe'),
  ),
  attempts: [
    inPod(
      'one process namespace for all containers',
      'shareProcessNamespace',
      put(true, 'spec', 'shareProcessNamespace'),
    ),
    inPod('the same as a text', 'shape', put('true', 'spec', 'shareProcessNamespace'), NO_POD),
    inContainer('a standard input', 'stdin', put(true, 'stdin')),
    inContainer('a terminal', 'stdin', put(true, 'tty')),
    inContainer('a standard input for once', 'stdin', put(true, 'stdinOnce')),
    inContainer(
      'the processes of one container, for a debugger',
      letIn('A target is what ephemeral containers are for; whom it may be is said by `connect`.'),
      put('app', 'targetContainerName'),
      by(['applied Pod'], kubernetes()),
    ),
    inPod(
      'a probe of the node',
      'hostProbes',
      put({ httpGet: { host: '127.0.0.1', port: 10_255 } }, 'spec', 'containers', 'side', 'readinessProbe'),
    ),
    inPod(
      'a probe of the cloud’s metadata',
      'hostProbes',
      put({ tcpSocket: { host: '169.254.169.254', port: 80 } }, 'spec', 'containers', 'side', 'livenessProbe'),
    ),
    inPod(
      'a hook to another host',
      'hostProbes',
      put({ preStop: { httpGet: { host: 'example.com', port: 80 } } }, 'spec', 'containers', 'side', 'lifecycle'),
    ),
    inPod(
      'the host by a header',
      letIn('It is sent to the pod itself.'),
      put(
        { httpGet: { port: 80, httpHeaders: [{ name: 'Host', value: 'example.com' }] } },
        'spec',
        'containers',
        'side',
        'readinessProbe',
      ),
    ),
    inPod(
      'a command after the start',
      'lifecycleExec',
      put({ postStart: { exec: { command: ['sh'] } } }, 'spec', 'containers', 'side', 'lifecycle'),
    ),
    inPod(
      'a command before the end',
      'lifecycleExec',
      put({ preStop: { exec: { command: ['sh'] } } }, 'spec', 'containers', 'side', 'lifecycle'),
    ),
    inPod('no probe', 'requiredProbes', put(undefined, 'spec', 'containers', 'side', 'readinessProbe')),
    inPod('a probe null', 'requiredProbes', put(null, 'spec', 'containers', 'side', 'readinessProbe')),
    inPod('a probe of nothing', 'requiredProbes', put({}, 'spec', 'containers', 'side', 'readinessProbe'), NO_POD),
    inPod(
      'a sidecar without one',
      'requiredProbes',
      put(undefined, 'spec', 'initContainers', 'sidecar', 'readinessProbe'),
    ),
  ],
};
