// A process under a limit of memory as the kernel sets one for a container: a group of /sys/fs/cgroup/memory (v1) or of
// /sys/fs/cgroup (v2), which needs root and a machine that lets it be made.
import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LimitedGroup {
  /** What a process writes its own id into before it becomes the program. */
  readonly procs: string;
  /** How often the kernel killed something in it for want of memory. */
  kills(): number;
  /** Once what ran in it has ended. */
  remove(): Promise<void>;
}

interface Version {
  readonly root: string;
  /** A file that only the root of this version has. */
  readonly mark: string;
  readonly limit: string;
  readonly events: string;
}

const VERSIONS: readonly Version[] = [
  {
    root: '/sys/fs/cgroup/memory',
    mark: 'memory.limit_in_bytes',
    limit: 'memory.limit_in_bytes',
    events: 'memory.oom_control',
  },
  { root: '/sys/fs/cgroup', mark: 'cgroup.controllers', limit: 'memory.max', events: 'memory.events' },
];

/**
 * Makes a group.
 * @param mebibytes that all its processes may hold together
 * @throws where this machine does not let one be made
 */
export function limitedGroup(mebibytes: number): LimitedGroup {
  const version = VERSIONS.find(({ root, mark }) => existsSync(`${root}/${mark}`));
  if (!version) throw new Error('this machine has no groups of memory at /sys/fs/cgroup');
  const folder = mkdtempSync(`${version.root}/sandgate-bench-`);
  writeFileSync(`${folder}/${version.limit}`, String(mebibytes * 1024 * 1024));
  return {
    procs: `${folder}/cgroup.procs`,
    kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(`${folder}/${version.events}`, 'utf8'))?.[1] ?? 0),
    async remove() {
      // The kernel takes a moment to let go of a process that has ended.
      for (let attempt = 0; attempt < 50 && existsSync(folder); attempt++) {
        try {
          rmdirSync(folder);
        } catch {
          await sleep(100);
        }
      }
    },
  };
}
