// Notices when files may have changed. The system's events come at once, but not at all on network mounts, in some sandboxes
// and after a folder itself was replaced, so the files are also checked at intervals.
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** A watch that is running. */
export interface FileWatch {
  /** No check begins after this. */
  stop(): void;
}

/**
 * Calls `check` repeatedly, one call at a time: after as many milliseconds as the previous call returned, and `settleMs` after
 * an event in the folder of one of the files. `check` must not reject.
 */
export function watchFiles(
  files: readonly string[],
  settleMs: number,
  firstMs: number,
  check: () => Promise<number>,
): FileWatch {
  let stopped = false;
  let running = false;
  let due = 0;
  let timer: NodeJS.Timeout | undefined;

  /** The earlier of two scheduled times counts. */
  function schedule(ms: number): void {
    const at = performance.now() + ms;
    if (stopped || (timer && due <= at)) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => void run(), ms).unref();
  }

  async function run(): Promise<void> {
    timer = undefined;
    // The call in progress may have read the files before they changed.
    if (running) return schedule(settleMs);
    running = true;
    const nextMs = await check();
    running = false;
    schedule(nextMs);
  }

  // Kubernetes updates mounted files by replacing a link in their folder, and never writes to the files.
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const watchers = folders.flatMap((folder) => watchFolder(folder, () => schedule(settleMs)) ?? []);
  schedule(firstMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Undefined where the system cannot watch it. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}
