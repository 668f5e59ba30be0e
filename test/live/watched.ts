// A watch of namespaces against the fake API server, with everything it tells.
import { onTestFinished } from 'vitest';
import { Namespaces } from '../../src/cluster/state/namespaces.ts';
import { ListWatch, type WatchTiming } from '../../src/cluster/watch/list-watch.ts';
import { NAMESPACES } from '../../src/cluster/watch/resource.ts';
import type { Sink } from '../../src/cluster/watch/sink.ts';
import type { WatchChange } from '../../src/cluster/watch/watch-state.ts';
import { FakeApiServer } from './fake-api-server.ts';

/** As in earnest, but for tests that have no minutes to spare. */
export const QUICK: Partial<WatchTiming> = { firstMs: 20, mostMs: 160, timeoutMs: 300, settledMs: 250 };

export interface Watched {
  readonly api: FakeApiServer;
  readonly watch: ListWatch;
  readonly namespaces: Namespaces;
  /** What was told, in order. */
  readonly changes: readonly WatchChange[];
  readonly faults: readonly unknown[];
  /** The names that are known. */
  readonly known: (...names: readonly string[]) => readonly string[];
  readonly start: () => void;
}

/** Does not start by itself, so that a test can say before what is to go wrong. */
export async function watched(timing: Partial<WatchTiming> = {}, sink?: (of: Namespaces) => Sink): Promise<Watched> {
  const api = await FakeApiServer.start();
  const namespaces = new Namespaces();
  const changes: WatchChange[] = [];
  const faults: unknown[] = [];
  const watch = new ListWatch({
    client: api.client(),
    resource: NAMESPACES,
    sink: sink?.(namespaces) ?? namespaces,
    listener: { onChange: (change) => void changes.push(change), onFault: (fault) => void faults.push(fault) },
    timing: { ...QUICK, ...timing },
  });
  onTestFinished(() => watch.stop());
  return {
    api,
    watch,
    namespaces,
    changes,
    faults,
    known: (...names) => names.filter((name) => namespaces.labelsOf(name) !== undefined),
    start: () => watch.start(),
  };
}
