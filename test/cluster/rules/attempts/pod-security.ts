// podSecurity: the Standards alone.
import type { JsonObject } from '../../../../src/model/json.ts';
import { all, put } from '../../support/change.ts';
import {
  by,
  inContainer,
  inOwnContainer,
  inPod,
  inText,
  kubernetes,
  letIn,
  NO_POD,
  rewritten,
  type Section,
  whileItRuns,
} from '../attempt.ts';
import { TYPED_WAYS } from '../ways.ts';
import { volume } from './mounting.ts';

const OWN = 'securityContext';
const SAFE = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

function own(fields: object) {
  return put({ ...SAFE, ...fields }, OWN);
}

/** The text of an object whose pod says one thing first and another behind. */
function twice(field: string, first: unknown, last: unknown) {
  return (object: JsonObject): string =>
    JSON.stringify(object).replace(
      '"initContainers"',
      `"${field}":${JSON.stringify(first)},"${field}":${JSON.stringify(last)},"initContainers"`,
    );
}

export const POD_SECURITY: Section = {
  title: 'podSecurity',
  rules: ['podSecurity'],
  about:
    'The Restricted level, with nothing filled in. All of upstream’s own fixtures are in [conformance](conformance.md).',
  spec: { podSecurity: { level: 'restricted', version: 'latest' } },
  base: all(
    put({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, 'spec', OWN),
    put(SAFE, 'spec', 'initContainers', 'setup', OWN),
    put(SAFE, 'spec', 'initContainers', 'sidecar', OWN),
    put(SAFE, 'spec', 'containers', 'app', OWN),
    put(SAFE, 'spec', 'containers', 'side', OWN),
  ),
  attempts: [
    inContainer('privileged', 'privileged', own({ privileged: true, allowPrivilegeEscalation: true })),
    inContainer('privileges left open', 'allowPrivilegeEscalation', own({ allowPrivilegeEscalation: null })),
    inContainer('no security context', 'capabilities_restricted', put(undefined, OWN)),
    inContainer(
      'a Linux capability more',
      'capabilities_restricted',
      own({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
    ),
    inContainer(
      'the allowed one in the spelling of the kernel',
      'capabilities_restricted',
      own({ capabilities: { drop: ['ALL'], add: ['CAP_NET_BIND_SERVICE'] } }),
    ),
    inContainer('ALL in small letters', 'capabilities_restricted', own({ capabilities: { drop: ['all'] } })),
    inContainer('root', 'runAsUser', own({ runAsUser: 0 })),
    inContainer('maybe root', 'runAsNonRoot', own({ runAsNonRoot: false })),
    inContainer('no seccomp profile', 'seccompProfile_restricted', own({ seccompProfile: { type: 'Unconfined' } })),
    inContainer('no AppArmor profile', 'appArmorProfile', own({ appArmorProfile: { type: 'Unconfined' } })),
    inContainer(
      'the whole of /proc',
      'procMount_restricted',
      own({ procMount: 'Unmasked' }),
      by(TYPED_WAYS, kubernetes()),
    ),
    inOwnContainer('a port of the node', 'hostPorts', put([{ containerPort: 80, hostPort: 80 }], 'ports')),
    inPod('the network of the node', 'hostNamespaces', put(true, 'spec', 'hostNetwork')),
    inPod('a folder of the node', 'restrictedVolumes', volume({ hostPath: { path: '/srv' } })),
    inPod('a file server', 'restrictedVolumes', volume({ nfs: { server: 'nas', path: '/' } })),
    inPod('a sysctl of the node', 'sysctls', put([{ name: 'kernel.msgmax', value: '1' }], 'spec', OWN, 'sysctls')),
    inPod(
      'a process of a Windows node',
      'windowsHostProcess',
      put(
        { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, windowsOptions: { hostProcess: true } },
        'spec',
        OWN,
      ),
      NO_POD,
    ),
    inPod(
      'a user namespace, to be root in',
      letIn('The Standards allow it there since 1.35: root is nobody on the node.'),
      all(
        put(false, 'spec', 'hostUsers'),
        put({ runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } }, 'spec', OWN),
      ),
    ),
    whileItRuns(
      'no AppArmor profile by an annotation, in a pod that runs',
      kubernetes('may not add AppArmor annotations'),
      put('unconfined', 'metadata', 'annotations', 'container.apparmor.security.beta.kubernetes.io/side'),
    ),
    rewritten(
      'the API server reads what comes last',
      inText('the processes of the node, said twice', 'hostNamespaces', twice('hostPID', false, true)),
    ),
    inPod(
      'the processes of the node in small letters',
      letIn('Kubernetes knows no such field.'),
      put(true, 'spec', 'hostpid'),
      by(['applied Pod'], kubernetes('field not declared in schema')),
    ),
  ],
};
