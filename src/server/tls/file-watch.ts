// Says when files may have changed. Events come at once where the system has them; on a network mount, in some sandboxes
// and after a folder itself was replaced they do not come at all, so that the clock is what can be relied on.
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

export interface FileWatch {
  /** No call begins after this. */
  stop(): void;
}

/**
 * Calls `check` again and again, one call at a time: when as many milliseconds are over as the call before asked for, and
 * `settleMs` after something happened beside one of the files. `check` must not reject.
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

  /** The sooner of two wishes wins. */
  function schedule(ms: number): void {
    const at = performance.now() + ms;
    if (stopped || (timer && due <= at)) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => void run(), ms).unref();
  }

  async function run(): Promise<void> {
    timer = undefined;
    // The call that goes on may have read the files before they changed.
    if (running) return schedule(settleMs);
    running = true;
    const nextMs = await check();
    running = false;
    schedule(nextMs);
  }

  // Kubernetes swaps a link beside the files, and never writes the files.
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
