// process, profiles and lifecycle: what the processes of a pod are to one another and to the kernel, and when they end.
import type { JsonObject } from '../../../../src/model/json.ts';
import { all, type Change, put } from '../../support/change.ts';
import {
  aroundPod,
  by,
  inContainer,
  inPod,
  kubernetes,
  letIn,
  NO_POD,
  rewritten,
  type Section,
  whileItRuns,
} from '../attempt.ts';

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

const OWN = 'securityContext';
const DROPPED = { capabilities: { drop: ['ALL'] } };

function own(fields: JsonObject) {
  return put({ ...DROPPED, ...fields }, OWN);
}

export const PROFILES: Section = {
  title: 'profiles',
  rules: ['profiles'],
  about: 'Lists of one’s own, in a policy without podSecurity.',
  spec: {
    profiles: {
      seccomp: { allowedLocalhost: ['profiles/*.json'] },
      appArmor: { allowedLocalhost: ['k8s-app'] },
      seLinux: { allowedTypes: ['container_t'] },
      sysctls: { allowed: ['net.ipv4.tcp_*'] },
      linuxCapabilities: { allowedAdd: ['CHOWN'], requiredDrop: ['ALL'] },
    },
  },
  base: all(
    put(DROPPED, 'spec', 'initContainers', 'setup', OWN),
    put(DROPPED, 'spec', 'initContainers', 'sidecar', OWN),
    put(DROPPED, 'spec', 'containers', 'app', OWN),
    put(DROPPED, 'spec', 'containers', 'side', OWN),
  ),
  attempts: [
    inContainer('no seccomp profile', 'localhostSeccomp', own({ seccompProfile: { type: 'Unconfined' } })),
    inContainer(
      'a profile by dots',
      'localhostSeccomp',
      own({ seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/../other.json' } }),
      NO_POD,
    ),
    inContainer(
      'a profile in a folder below',
      'localhostSeccomp',
      own({ seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/x/a.json' } }),
    ),
    inPod(
      'a profile by the old annotation',
      'localhostSeccomp',
      put('unconfined', 'metadata', 'annotations', 'seccomp.security.alpha.kubernetes.io/pod'),
    ),
    inContainer('no AppArmor profile', 'localhostAppArmor', own({ appArmorProfile: { type: 'Unconfined' } })),
    inContainer(
      'the AppArmor profile in capitals',
      'localhostAppArmor',
      own({ appArmorProfile: { type: 'Localhost', localhostProfile: 'K8S-app' } }),
    ),
    rewritten(
      'the API server writes the profile into the container as well',
      inPod(
        'no AppArmor profile by the old annotation',
        'localhostAppArmor',
        put('unconfined', 'metadata', 'annotations', 'container.apparmor.security.beta.kubernetes.io/side'),
      ),
    ),
    inPod(
      'the old annotation for a container that is not there',
      'localhostAppArmor',
      put('unconfined', 'metadata', 'annotations', 'container.apparmor.security.beta.kubernetes.io/later'),
      NO_POD,
    ),
    inContainer('the SELinux type of the node', 'seLinuxTypes', own({ seLinuxOptions: { type: 'spc_t' } })),
    inContainer('the allowed type with a blank', 'seLinuxTypes', own({ seLinuxOptions: { type: 'container_t ' } })),
    inPod(
      'a sysctl of the node',
      'allowedSysctls',
      put([{ name: 'kernel.msgmax', value: '1' }], 'spec', OWN, 'sysctls'),
    ),
    inPod(
      'the same with slashes',
      'allowedSysctls',
      put([{ name: 'kernel/msgmax', value: '1' }], 'spec', OWN, 'sysctls'),
    ),
    inContainer(
      'a Linux capability more',
      'addedCapabilities',
      own({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } }),
    ),
    inContainer(
      'the same in the spelling of the kernel',
      'addedCapabilities',
      own({ capabilities: { drop: ['ALL'], add: ['CAP_SYS_ADMIN'] } }),
    ),
    inContainer('all in small letters', 'addedCapabilities', own({ capabilities: { drop: ['ALL'], add: ['all'] } })),
    inContainer(
      'the allowed one with a blank',
      'addedCapabilities',
      own({ capabilities: { drop: ['ALL'], add: ['CHOWN '] } }),
    ),
    inContainer('nothing dropped', 'droppedCapabilities', put(undefined, OWN)),
    inContainer(
      'ALL in letters that look like its own',
      'droppedCapabilities',
      put({ capabilities: { drop: ['\u0410LL'] } }, OWN),
    ),
    inContainer('ALL dropped in small letters', 'droppedCapabilities', put({ capabilities: { drop: ['all'] } }, OWN)),
    inContainer(
      'ALL dropped in the spelling of the kernel',
      'droppedCapabilities',
      put({ capabilities: { drop: ['CAP_ALL'] } }, OWN),
    ),
    whileItRuns(
      'no AppArmor profile by an annotation, in a pod that runs',
      kubernetes('may not add AppArmor annotations'),
      put('unconfined', 'metadata', 'annotations', 'container.apparmor.security.beta.kubernetes.io/side'),
    ),
  ],
};

/** A Job, or the Jobs of a CronJob, with this time after their end. */
function kept(seconds: unknown): Change {
  return (object) => {
    const place = object.kind === 'CronJob' ? (['spec', 'jobTemplate', 'spec'] as const) : (['spec'] as const);
    return put(seconds, ...place, 'ttlSecondsAfterFinished')(object);
  };
}

export const LIFECYCLE: Section = {
  title: 'lifecycle',
  rules: ['lifecycle'],
  about: 'Pods run once, for an hour where they do not say how long, for a day at most, and end in a minute.',
  spec: {
    lifecycle: {
      allowedRestartPolicies: ['Never', 'Sidecar'],
      activeDeadlineSeconds: { default: 3600, max: 86_400 },
      ttlSecondsAfterFinished: { default: 600, max: 3600 },
      terminationGracePeriodSeconds: { max: 60 },
    },
  },
  base: put('Never', 'spec', 'restartPolicy'),
  controllers: ['Job', 'CronJob'],
  attempts: [
    inPod('restarts after a failure', 'restartPolicies', put('OnFailure', 'spec', 'restartPolicy')),
    inPod(
      'restarts without end',
      'restartPolicies',
      put('Always', 'spec', 'restartPolicy'),
      by(['Job', 'CronJob'], kubernetes()),
    ),
    inPod(
      'restarts without end, by saying nothing',
      'restartPolicies',
      put(undefined, 'spec', 'restartPolicy'),
      by(['Job', 'CronJob'], letIn('A Job that says nothing is not stored: this one says Never.')),
    ),
    inPod(
      'restarts by null',
      'restartPolicies',
      put(null, 'spec', 'restartPolicy'),
      by(['Job', 'CronJob'], kubernetes()),
    ),
    inPod('restarts of one container', 'restartPolicies', put('Always', 'spec', 'containers', 'side', 'restartPolicy')),
    inPod(
      'restarts by a rule',
      'restartPolicies',
      all(
        put('Never', 'spec', 'containers', 'side', 'restartPolicy'),
        put(
          [{ action: 'Restart', exitCodes: { operator: 'In', values: [0] } }],
          'spec',
          'containers',
          'side',
          'restartPolicyRules',
        ),
      ),
    ),
    inPod('two days', 'activeDeadline', put(172_800, 'spec', 'activeDeadlineSeconds')),
    inPod('one second more', 'activeDeadline', put(86_401, 'spec', 'activeDeadlineSeconds')),
    inPod(
      'for ever, by null',
      letIn('The deadline of the policy is filled in.', 3600, 'spec', 'activeDeadlineSeconds'),
      put(null, 'spec', 'activeDeadlineSeconds'),
    ),
    inPod('for ever, by nothing', 'activeDeadline', put(0, 'spec', 'activeDeadlineSeconds'), NO_POD),
    inPod('for ever, by less than nothing', 'activeDeadline', put(-1, 'spec', 'activeDeadlineSeconds'), NO_POD),
    inPod('an hour to end', 'gracePeriod', put(3600, 'spec', 'terminationGracePeriodSeconds')),
    inPod(
      'an hour to end after a probe',
      'gracePeriod',
      put(
        { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 3600 },
        'spec',
        'containers',
        'side',
        'livenessProbe',
      ),
    ),
    inPod(
      'an hour to end after the probe of a sidecar',
      'gracePeriod',
      put(
        { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 3600 },
        'spec',
        'initContainers',
        'sidecar',
        'livenessProbe',
      ),
    ),
    whileItRuns('a longer time in a pod that runs', kubernetes(), put(172_800, 'spec', 'activeDeadlineSeconds')),
    whileItRuns('no end in a pod that runs', kubernetes(), put(undefined, 'spec', 'activeDeadlineSeconds')),
    aroundPod('a Job that is kept for a day', 'ttlAfterFinished', ['Job', 'CronJob'], kept(86_400)),
    aroundPod(
      'a Job that is kept for ever',
      letIn('The time of the policy is filled in.'),
      ['Job', 'CronJob'],
      kept(undefined),
    ),
    aroundPod(
      'a Job that is kept for ever, by null',
      letIn('The time of the policy is filled in.'),
      ['Job', 'CronJob'],
      kept(null),
    ),
    aroundPod('a Job that is kept for less than nothing', kubernetes(), ['Job', 'CronJob'], kept(-1)),
  ],
};
