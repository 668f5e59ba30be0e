// Does something again whenever a file changes, until it is told to stop.
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Watches a folder and what is below it, and calls back with the path of each file that changed; returns how to stop. */
export type WatchFolder = (folder: string, changed: (path: string) => void) => () => void;

/** How to watch. */
export interface WatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** True for a file whose change matters. */
  readonly matters: (path: string) => boolean;
  readonly watchFolder?: WatchFolder;
  /** How long to wait for more changes: editors write a file in several steps. */
  readonly settleMs?: number;
}

const SETTLE_MS = 50;

/**
 * Runs once, and again after each change, never twice at a time: a change while it runs makes it run once more.
 * @param run returns the folders to watch from then on
 */
export async function runOnChange(run: () => Promise<readonly string[]>, options: WatchOptions): Promise<void> {
  const { signal, matters, watchFolder = watchInNode, settleMs = SETTLE_MS } = options;
  const watched = new Map<string, () => void>();
  const bell = new Bell();
  const changed = (path: string): void => {
    if (matters(path)) bell.ring();
  };
  const stop = (): void => bell.ring();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      bell.silence();
      const folders = new Set(await run());
      for (const [folder, close] of watched) {
        if (folders.has(folder)) continue;
        close();
        watched.delete(folder);
      }
      for (const folder of folders) if (!watched.has(folder)) watched.set(folder, watchFolder(folder, changed));
      if (!signal.aborted) await bell.rung();
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, settleMs));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    for (const close of watched.values()) close();
  }
}

/** Something to wait for, which may have happened before anybody waits. */
class Bell {
  #hasRung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  silence(): void {
    this.#hasRung = false;
  }

  async rung(): Promise<void> {
    if (this.#hasRung) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** A folder that cannot be watched, or is gone, is left out: the next change elsewhere runs everything again. */
function watchInNode(folder: string, changed: (path: string) => void): () => void {
  let watcher: FSWatcher;
  try {
    watcher = watch(folder, { recursive: true }, (_, name) => changed(join(folder, name ?? '')));
  } catch {
    return () => {};
  }
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
