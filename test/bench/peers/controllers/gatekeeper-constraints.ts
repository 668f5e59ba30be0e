// The templates of Gatekeeper's library that say what the Restricted level says, by folder, with the parameters that the library's
// own samples give them for it (without the samples' exempt images).
import type { JsonObject } from '../../../../src/model/json.ts';

export const CONSTRAINTS: Readonly<Record<string, JsonObject | undefined>> = {
  'host-process': undefined,
  'host-namespaces': undefined,
  'privileged-containers': undefined,
  capabilities: { allowedCapabilities: ['NET_BIND_SERVICE'], requiredDropCapabilities: ['ALL'] },
  'host-filesystem': undefined,
  'host-network-ports': { hostNetwork: false, min: 0, max: 0 },
  'host-probes-lifecycle': undefined,
  apparmor: { allowedProfiles: ['runtime/default', 'localhost/*'] },
  selinux: {
    allowedSELinuxOptions: ['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'].map((type) => ({
      type,
    })),
  },
  'proc-mount': { procMount: 'Default' },
  seccompv2: { allowedProfiles: ['RuntimeDefault', 'Localhost'], allowedLocalhostFiles: ['*'] },
  'forbidden-sysctls': {
    allowedSysctls: [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.ip_unprivileged_port_start',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_local_reserved_ports',
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
      'net.ipv4.tcp_rmem',
      'net.ipv4.tcp_wmem',
    ],
  },
  volumes: {
    volumes: [
      'configMap',
      'csi',
      'downwardAPI',
      'emptyDir',
      'ephemeral',
      'persistentVolumeClaim',
      'projected',
      'secret',
    ],
  },
  'allow-privilege-escalation': undefined,
  users: {
    runAsUser: { rule: 'MustRunAsNonRoot' },
    runAsGroup: { rule: 'RunAsAny' },
    supplementalGroups: { rule: 'RunAsAny' },
    fsGroup: { rule: 'RunAsAny' },
  },
};
