// How long something takes of this process's CPU time: unlike the time on the clock, it is the same on a busy machine.

/** Milliseconds of CPU time, user and system, that the process has used since `start`, or since it began. */
export function cpuTimeMs(start?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
