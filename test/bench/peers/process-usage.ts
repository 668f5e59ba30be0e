// What a process has used so far, from /proc: of Linux alone, and the same whatever language it is written in.
import { readFileSync } from 'node:fs';

/** Of /proc/PID/stat; the kernel tells programs 100 on every architecture that we know of. */
const TICKS_PER_SECOND = 100;

export interface ProcessUsage {
  /** Of all its threads, in user and kernel mode. */
  readonly cpuMicros: number;
  /** MiB of resident memory: now, and at the most since it started. */
  readonly resident: number;
  readonly peak: number;
}

export function usageOf(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in parentheses, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { cpuMicros: (ticks * 1e6) / TICKS_PER_SECOND, resident: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}
