// Ends the parts of a control plane when the process that started them is gone, however it went: Ctrl-C, a killed worker, a crash.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// It reads the process ids to end, the newest line counting. Its input closes when we do or when we die: then it ends them and
// removes the folder. A shell, because it is everywhere and small.
const SCRIPT = `
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
rm -rf -- "$0" 2>/dev/null || { sleep 1; rm -rf -- "$0"; }
`;

export interface Guard {
  /** Its own process id. */
  readonly pid: number;
  watch(pid: number): void;
  /** For a process that has exited: its id may soon be somebody else's. */
  forget(pid: number): void;
  /** Ends what is still watched, removes the folder, and resolves when both are done. */
  close(): Promise<void>;
}

/** Starts a guard for processes and one temporary folder. */
export function startGuard(folder: string): Guard {
  // In a session of its own: a Ctrl-C in the terminal must not reach it before it has done its work.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  shell.stdin.on('error', () => {});
  const exited = once(shell, 'exit');
  const pids = new Set<number>();
  const tell = (): void => void shell.stdin.write(`${[...pids].join(' ')}\n`);
  return {
    pid: shell.pid ?? 0,
    watch(pid) {
      pids.add(pid);
      tell();
    },
    forget(pid) {
      if (pids.delete(pid)) tell();
    },
    async close() {
      shell.ref();
      shell.stdin.end();
      await exited;
    },
  };
}
