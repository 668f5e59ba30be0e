/* oxlint-disable -- Pepr's types are where this runs, not here. */
// The Pepr module of the comparison: the controls of the Restricted level for pods, as a user would write them by hand. It is
// copied beside Pepr's package and runs there.
import { a, Capability, PeprModule } from 'pepr';

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** What is wrong with a pod, a sentence each. */
function findings({ metadata, spec }) {
  const found = [...podFindings(spec), ...contextFindings('pod', spec.securityContext ?? {})];
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    if (!key.startsWith(APPARMOR) || value === 'runtime/default' || value.startsWith('localhost/')) continue;
    found.push(`annotation ${key} must be runtime/default or localhost/`);
  }
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of spec[list] ?? []) {
      found.push(...containerFindings(container, spec.securityContext ?? {}));
      found.push(...contextFindings(`container ${container.name}`, container.securityContext ?? {}));
    }
  }
  return found;
}

function podFindings(spec) {
  const found = [];
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (spec[field]) found.push(`${field} must not be set`);
  }
  for (const { name, ...source } of spec.volumes ?? []) {
    const other = Object.keys(source).find((type) => !VOLUMES.includes(type));
    if (other !== undefined) found.push(`volume ${name} must not be of type ${other}`);
  }
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    if (!SYSCTLS.includes(name)) found.push(`sysctl ${name} is not allowed`);
  }
  return found;
}

/** Fields that pods and containers have alike. */
function contextFindings(where, context) {
  const found = [];
  const { seLinuxOptions = {}, seccompProfile, appArmorProfile, windowsOptions } = context;
  if (context.runAsNonRoot === false) found.push(`${where}: runAsNonRoot must be true`);
  if (context.runAsUser === 0) found.push(`${where}: runAsUser must not be 0`);
  if (!SELINUX_TYPES.includes(seLinuxOptions.type ?? '')) found.push(`${where}: the SELinux type is not allowed`);
  if (seLinuxOptions.user || seLinuxOptions.role) found.push(`${where}: SELinux user and role must not be set`);
  if (seccompProfile?.type === 'Unconfined') found.push(`${where}: seccomp must not be Unconfined`);
  if (appArmorProfile?.type === 'Unconfined') found.push(`${where}: AppArmor must not be Unconfined`);
  if (windowsOptions?.hostProcess) found.push(`${where}: hostProcess must not be set`);
  return found;
}

function containerFindings(container, podContext) {
  const found = [];
  const where = `container ${container.name}`;
  const context = container.securityContext ?? {};
  const { add = [], drop = [] } = context.capabilities ?? {};
  if (context.privileged) found.push(`${where}: privileged must not be set`);
  if (context.allowPrivilegeEscalation !== false) found.push(`${where}: allowPrivilegeEscalation must be false`);
  if (!drop.includes('ALL')) found.push(`${where}: capabilities must drop ALL`);
  if (add.some((name) => name !== 'NET_BIND_SERVICE')) found.push(`${where}: may add only NET_BIND_SERVICE`);
  if (context.procMount && context.procMount !== 'Default') found.push(`${where}: procMount must be Default`);
  if ((container.ports ?? []).some(({ hostPort }) => hostPort)) found.push(`${where}: hostPort must not be set`);
  if (!(context.runAsNonRoot ?? podContext.runAsNonRoot)) found.push(`${where}: runAsNonRoot must be true`);
  if (!(context.seccompProfile ?? podContext.seccompProfile)) found.push(`${where}: seccompProfile must be set`);
  if (hosts(container).some((host) => host)) found.push(`${where}: probes and hooks must not name a host`);
  return found;
}

function hosts({ livenessProbe, readinessProbe, startupProbe, lifecycle }) {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return handlers.flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host]);
}

const restricted = new Capability({ name: 'restricted', description: 'The Restricted level', namespaces: [] });

restricted
  .When(a.Pod)
  .IsCreatedOrUpdated()
  .Validate((request) => {
    const found = findings(request.Raw);
    return found.length === 0 ? request.Approve() : request.Deny(found.join('; '), 422);
  });

const pepr = { uuid: 'bench', onError: 'reject', webhookTimeout: 10, alwaysIgnore: { namespaces: [] } };

new PeprModule({ description: 'The Restricted level', pepr }, [restricted], { deferStart: true }).start(
  Number(process.env.PEPR_PORT),
);
