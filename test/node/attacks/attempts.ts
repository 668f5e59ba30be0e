// What a tenant who was given Docker tries with it, and how far each attempt gets.

/** The furthest that an attempt gets. */
export type Reach = 'nothing' | 'the pod' | 'the node';

/** What becomes of an attempt with one implementation. */
export interface Outcome {
  readonly reach: Reach;
  /** In what the tenant sees. */
  readonly shows: RegExp;
}

export interface Attempt {
  readonly what: string;
  /** A script in the workload's container, as its user, with the client of Docker and an image `box`. */
  readonly script: string;
  /** In the daemon's container instead, for who may `exec` there. */
  readonly inDaemon?: true;
  readonly rootless: Outcome;
  readonly privileged: Outcome;
}

const nothing = (shows: RegExp): Outcome => ({ reach: 'nothing', shows });
const thePod = (shows: RegExp): Outcome => ({ reach: 'the pod', shows });
const theNode = (shows: RegExp): Outcome => ({ reach: 'the node', shows });

const run = (options: string, script: string): string =>
  `docker run --rm ${options} box /bin/sh -c '${script.replaceAll("'", String.raw`'\''`)}' 2>&1`;

/** A file that only the node has, on its disk and in its mount namespace. */
const OF_THE_NODE = 'etc/node/kubelet.yaml';

const mountDisk = `set -- $(grep " vda$" /proc/partitions); mkdir -p /tmp /mnt; mknod /tmp/disk b $1 $2 && mount -t ext4 /tmp/disk /mnt && ls /mnt/${OF_THE_NODE}`;

export const ATTEMPTS: readonly Attempt[] = [
  {
    what: '`docker run --privileged`',
    script: run('--privileged', 'grep CapEff /proc/self/status; cat /proc/self/uid_map'),
    rootless: nothing(/error mounting "sysfs" to rootfs at "\/sys".*operation not permitted/),
    privileged: theNode(/CapEff:\t0+1ffffffffff\n +0 +0 4294967295/),
  },
  {
    what: 'all capabilities, no seccomp profile (`--cap-add ALL --security-opt seccomp=unconfined`)',
    script: run(
      '--cap-add ALL --security-opt seccomp=unconfined',
      'grep CapEff /proc/self/status; cat /proc/self/uid_map',
    ),
    rootless: thePod(/CapEff:\t0+1ffffffffff\n +0 +1000 +1\n/),
    privileged: theNode(/CapEff:\t0+1ffffffffff\n +0 +0 4294967295/),
  },
  {
    what: 'the root of the file system (`-v /:/host`)',
    script: run('-v /:/host', `ls /host/usr/local/bin; ls /host/${OF_THE_NODE}`),
    rootless: thePod(/dockerd-entrypoint\.sh\nls: \/host\/etc\/node\/kubelet\.yaml: No such file/),
    privileged: thePod(/dockerd-entrypoint\.sh\nls: \/host\/etc\/node\/kubelet\.yaml: No such file/),
  },
  {
    what: 'the disk of the node, by a device file (`mknod` and `mount`)',
    script: run('--cap-add ALL --security-opt seccomp=unconfined --device-cgroup-rule "b *:* rwm"', mountDisk),
    rootless: nothing(/mknod: \/tmp\/disk: Operation not permitted/),
    privileged: theNode(/\/mnt\/etc\/node\/kubelet\.yaml/),
  },
  {
    what: 'the disk of the node, as a device (`--device /dev/vda`)',
    script: run('--device /dev/vda', 'ls -l /dev/vda'),
    rootless: nothing(/error gathering device information.*"\/dev\/vda": no such file or directory/),
    privileged: theNode(/^brw.*?\d+, +\d+/),
  },
  {
    what: 'the network of the node (`--network host`)',
    script: run('--network host', 'ip -o -4 addr'),
    rootless: nothing(/tap0 +inet 10\.0\.2\.100\//),
    privileged: thePod(/eth0 +inet 10\.98\.0\.\d+\//),
  },
  {
    what: 'the processes of the node (`--pid host`)',
    script: run('--pid host', 'ps -o args | grep -v grep | grep -E "^dockerd|[k]ubelet --config" | cut -d" " -f1'),
    rootless: thePod(/^dockerd\n$/),
    privileged: thePod(/^dockerd\n$/),
  },
  {
    what: 'the file systems of other pods, through processes (`--pid host`, `/proc/PID/root`)',
    script: run(
      '--pid host --cap-add ALL --security-opt seccomp=unconfined',
      `for pid in /proc/[0-9]*; do ls $pid/root/${OF_THE_NODE} 2>/dev/null; done; echo looked at all`,
    ),
    rootless: nothing(/^looked at all\n$/),
    privileged: nothing(/^looked at all\n$/),
  },
  {
    what: 'a setting of the kernel (`/proc/sys/kernel/core_pattern`)',
    script: run(
      '--cap-add ALL --security-opt seccomp=unconfined --security-opt systempaths=unconfined',
      'cp /proc/sys/kernel/core_pattern /was && cat /was > /proc/sys/kernel/core_pattern && echo written',
    ),
    rootless: nothing(/core_pattern: (?:Permission denied|Read-only file system)/),
    privileged: theNode(/^written$/m),
  },
  {
    what: 'a command to the kernel (`/proc/sysrq-trigger`)',
    script: run(
      '--cap-add ALL --security-opt seccomp=unconfined --security-opt systempaths=unconfined',
      'echo h > /proc/sysrq-trigger && echo written',
    ),
    rootless: nothing(/sysrq-trigger: (?:Permission denied|Read-only file system)/),
    privileged: theNode(/^written$/m),
  },
  {
    what: 'cgroups (`-v /sys/fs/cgroup:/cgroup`, and writing there)',
    script: run('-v /sys/fs/cgroup:/cgroup', 'echo +memory > /cgroup/cgroup.subtree_control && ls -d /cgroup/kubepods'),
    rootless: nothing(/cgroup\.subtree_control: (?:Permission denied|Read-only file system)/),
    privileged: theNode(/\/cgroup\/kubepods/),
  },
  {
    what: 'the socket of the daemon, from a container of the daemon',
    script: run('-v /run/docker-socket:/socket', 'ls /socket'),
    rootless: thePod(/docker\.sock/),
    privileged: thePod(/docker\.sock/),
  },
  {
    what: 'the ports of the node, as the pod reaches them',
    script: run('', 'wget -T 10 -O - http://10.98.0.1:$PORT/healthz'),
    rootless: theNode(/HTTP\/1\.\d 400 Bad Request/),
    privileged: theNode(/HTTP\/1\.\d 400 Bad Request/),
  },
  {
    what: "`kubectl exec` into the daemon's container: who it is there",
    inDaemon: true,
    script: 'id -u; grep CapEff /proc/self/status; cat /proc/self/uid_map',
    rootless: thePod(/^1000\nCapEff:\t0+\n +0 +[1-9]\d+ +65536\n/),
    privileged: theNode(/^0\nCapEff:\t0+1ffffffffff\n +0 +0 4294967295\n/),
  },
  {
    what: "`kubectl exec` into the daemon's container: the disk of the node",
    inDaemon: true,
    script: mountDisk,
    rootless: nothing(/mknod: .*Operation not permitted/),
    privileged: theNode(/\/mnt\/etc\/node\/kubelet\.yaml/),
  },
  {
    what: "`kubectl exec` into the daemon's container: a setting of the kernel",
    inDaemon: true,
    script:
      'cat /proc/sys/kernel/core_pattern > /tmp/was && cat /tmp/was > /proc/sys/kernel/core_pattern && echo written',
    rootless: nothing(/core_pattern: (?:Permission denied|Read-only file system)/),
    privileged: theNode(/^written$/m),
  },
];
