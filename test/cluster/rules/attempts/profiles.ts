// profiles: what the processes of a pod are to the kernel.
import type { JsonObject } from '../../../../src/model/json.ts';
import { all, put } from '../../support/change.ts';
import { inContainer, inPod, kubernetes, NO_POD, rewritten, type Section, whileItRuns } from '../attempt.ts';

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
