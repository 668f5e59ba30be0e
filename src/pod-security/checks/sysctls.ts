/*
Sysctls can switch off protections or reach every container of the node. Only those may be set that the kernel keeps
apart for each pod, and that cannot starve the others.

**Restricted Fields:**
spec.securityContext.sysctls[*].name

**Allowed Values:**
kernel.shm_rmid_forced, net.ipv4.ip_local_port_range, net.ipv4.tcp_syncookies, net.ipv4.ping_group_range,
net.ipv4.ip_unprivileged_port_start
v1.27+: net.ipv4.ip_local_reserved_ports
v1.29+: net.ipv4.tcp_keepalive_time, net.ipv4.tcp_fin_timeout, net.ipv4.tcp_keepalive_intvl,
net.ipv4.tcp_keepalive_probes
v1.32+: net.ipv4.tcp_rmem, net.ipv4.tcp_wmem
v1.37+: net.ipv4.tcp_slow_start_after_idle, net.ipv4.tcp_notsent_lowat
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { append, textOf } from '../violations.ts';

/** A baseline check that limits sysctls in 1.0+, to longer lists in 1.27+, 1.29+, 1.32+, and 1.37+. */
export const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  title: 'Sysctls must be from the safe set.',
  fix: 'remove from securityContext.sysctls what is not in the safe set of this version',
  versions: [
    { since: '1.0', check: sysctls_1_0 },
    { since: '1.27', check: sysctls_1_27 },
    { since: '1.29', check: sysctls_1_29 },
    { since: '1.32', check: sysctls_1_32 },
    { since: '1.37', check: sysctls_1_37 },
  ],
  describe,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { securityContext: { sysctls: null } } } },
      { name: '1.0', since: '1.0', pod: setting('kernel.shm_rmid_forced', 'net.ipv4.ip_unprivileged_port_start') },
      { name: '1.27', since: '1.27', pod: setting('net.ipv4.ip_local_reserved_ports') },
      { name: '1.29', since: '1.29', pod: setting('net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout') },
      {
        name: '1.29, too',
        since: '1.31',
        pod: setting('net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'),
      },
      { name: '1.32', since: '1.32', pod: setting('net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem') },
      {
        name: '1.37',
        since: '1.37',
        pod: setting('net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat', 'net.ipv4.tcp_syncookies'),
      },
    ],
    fail: [
      {
        name: 'before 1.27',
        since: '1.26',
        pod: setting('net.ipv4.ip_local_reserved_ports'),
        says: 'forbidden sysctls (net.ipv4.ip_local_reserved_ports)',
        paths: ['spec.securityContext.sysctls[0].name'],
        values: ['net.ipv4.ip_local_reserved_ports'],
      },
      {
        name: 'before 1.29, in the order of the pod',
        since: '1.28',
        pod: setting('net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_syncookies', 'net.ipv4.tcp_fin_timeout'),
        says: 'forbidden sysctls (net.ipv4.tcp_keepalive_time, net.ipv4.tcp_fin_timeout)',
        paths: ['spec.securityContext.sysctls[0].name', 'spec.securityContext.sysctls[2].name'],
        values: ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout'],
      },
      {
        name: 'before 1.32',
        since: '1.31',
        pod: setting('net.ipv4.tcp_rmem'),
        says: 'forbidden sysctls (net.ipv4.tcp_rmem)',
        paths: ['spec.securityContext.sysctls[0].name'],
        values: ['net.ipv4.tcp_rmem'],
      },
      {
        name: 'before 1.37',
        since: '1.36',
        pod: setting('net.ipv4.tcp_notsent_lowat'),
        says: 'forbidden sysctls (net.ipv4.tcp_notsent_lowat)',
        paths: ['spec.securityContext.sysctls[0].name'],
        values: ['net.ipv4.tcp_notsent_lowat'],
      },
      {
        name: 'never allowed, as often as it is there; slashes are not dots',
        pod: setting('kernel.msgmax', 'net/ipv4/tcp_syncookies', 'kernel.msgmax'),
        says: 'forbidden sysctls (kernel.msgmax, net/ipv4/tcp_syncookies, kernel.msgmax)',
        paths: [
          'spec.securityContext.sysctls[0].name',
          'spec.securityContext.sysctls[1].name',
          'spec.securityContext.sysctls[2].name',
        ],
        values: ['kernel.msgmax', 'net/ipv4/tcp_syncookies', 'kernel.msgmax'],
      },
      {
        name: 'without a name, and so without a detail',
        pod: { spec: { securityContext: { sysctls: [{ value: '1' }] } } },
        says: 'forbidden sysctls',
        paths: ['spec.securityContext.sysctls[0].name'],
        values: [undefined],
      },
    ],
  },
};

function setting(...names: readonly string[]): PodTemplate {
  return { spec: { securityContext: { sysctls: names.map((name) => ({ name, value: '1' })) } } };
}

const ALLOWED_1_0: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]);
const ALLOWED_1_27: ReadonlySet<string> = new Set([...ALLOWED_1_0, 'net.ipv4.ip_local_reserved_ports']);
const ALLOWED_1_29: ReadonlySet<string> = new Set([
  ...ALLOWED_1_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);
const ALLOWED_1_32: ReadonlySet<string> = new Set([...ALLOWED_1_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']);
const ALLOWED_1_37: ReadonlySet<string> = new Set([
  ...ALLOWED_1_32,
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_notsent_lowat',
]);

/** The sysctls that are allowed, by the minor version of Kubernetes from which on they are. */
export const ALLOWED_SYSCTLS = [
  { since: '1.0', names: ALLOWED_1_0 },
  { since: '1.27', names: ALLOWED_1_27 },
  { since: '1.29', names: ALLOWED_1_29 },
  { since: '1.32', names: ALLOWED_1_32 },
  { since: '1.37', names: ALLOWED_1_37 },
] as const;

function sysctls_1_0(pod: PodView): readonly Violation[] | undefined {
  return sysctlsWithin(ALLOWED_1_0, pod);
}

function sysctls_1_27(pod: PodView): readonly Violation[] | undefined {
  return sysctlsWithin(ALLOWED_1_27, pod);
}

function sysctls_1_29(pod: PodView): readonly Violation[] | undefined {
  return sysctlsWithin(ALLOWED_1_29, pod);
}

function sysctls_1_32(pod: PodView): readonly Violation[] | undefined {
  return sysctlsWithin(ALLOWED_1_32, pod);
}

function sysctls_1_37(pod: PodView): readonly Violation[] | undefined {
  return sysctlsWithin(ALLOWED_1_37, pod);
}

function sysctlsWithin(allowed: ReadonlySet<string>, pod: PodView): readonly Violation[] | undefined {
  const set = pod.spec.securityContext?.sysctls;
  if (!set) return undefined;
  let found: Violation[] | undefined;
  for (const [index, { name }] of set.entries()) {
    if (allowed.has(name ?? '')) continue;
    found = append(found, { path: `spec.securityContext.sysctls[${index}].name`, value: name });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'forbidden sysctls', detail: violations.map(({ value }) => textOf(value)).join(', ') };
}
