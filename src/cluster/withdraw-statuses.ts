// Says in the status of every object of one kind that nobody judges by it any more. Other replicas leave that alone for a while, and so
// does the one that said it: see StatusTiming.uninstallMs.
import { setTimeout as sleep } from 'node:timers/promises';
import { uninstalledAt, uninstalledStatus } from '../resources/status.ts';
import type { StatusWriterOptions } from './status-writer.ts';
import type { Withdrawn } from './withdrawal.ts';
import { isConflict, versionOf, writeStatus } from './write-status.ts';

/** So many at a time, since Helm waits. */
const AT_ONCE = 8;
const TIMEOUT_MS = 4000;
/** One that somebody else wrote to is looked at again after so long, when the watch has brought what was written. */
const LOOK_AGAIN_MS = 100;

type Objects = Pick<StatusWriterOptions, 'client' | 'kind' | 'verdictOn' | 'object'>;

/** Says so of the objects with these keys, until the signal comes. Never rejects. */
export async function withdrawStatuses(
  objects: Objects,
  keys: Iterable<string>,
  signal: AbortSignal,
): Promise<Withdrawn> {
  const left = [...keys];
  const done = { written: 0, failed: 0 };
  async function work(): Promise<void> {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      if (await withdrawn(objects, key, signal)) done.written++;
      else done.failed++;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done;
}

async function withdrawn({ client, kind, ...known }: Objects, key: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const object = known.object(key);
    const verdict = known.verdictOn(key);
    if (!object || !verdict || uninstalledAt(object.status) !== undefined) return true;
    const status = uninstalledStatus(verdict, object.status, new Date().toISOString());
    const patch = { metadata: { resourceVersion: versionOf(object) }, status };
    try {
      await writeStatus({ client, kind, key, patch, timeoutMs: TIMEOUT_MS, signal });
      return true;
    } catch (error) {
      if (!isConflict(error)) return false;
      await sleep(LOOK_AGAIN_MS);
    }
  }
  return false;
}
