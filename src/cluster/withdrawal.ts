// What stays behind at an uninstall says that nobody judges by it any more. By the time that our pods are told to end, their rights are
// gone, so it has to be said before: Helm makes a ConfigMap, the notice, as a hook before it deletes anything, and deletes it again. The
// API server asks our webhook about that deletion, and Helm waits for the answer.
import { ownField, stringField } from '../model/json.ts';
import { UNINSTALL_LABEL } from '../model/names.ts';
import type { ApiClient } from './api/client.ts';

/** Well within the timeout of the webhook, which lets the deletion through without us. */
const WITHIN_MS = 4000;
/** A notice is there for a moment. One that somebody applied with the rest of the chart is not about an uninstall. */
const NOTICE_LASTS_MS = 10 * 60_000;

/** The ConfigMap by which an uninstall is announced. */
export interface UninstallNotice {
  readonly namespace: string;
  readonly name: string;
}

/** How many objects say so now, and how many could not be told to in time. */
export interface Withdrawn {
  readonly written: number;
  readonly failed: number;
}

/** The objects of one kind. */
export interface Withdrawable {
  /** Says of all of them that nobody judges by them, until the signal comes. */
  withdraw(signal: AbortSignal): Promise<Withdrawn>;
}

/**
 * Says so of all objects, where the notice is there: whoever can reach us can ask, and only who may write into our namespace can make
 * it. Takes no longer than a few seconds, and never rejects.
 *
 * @returns undefined where no uninstall is under way
 */
export async function withdraw(
  client: ApiClient,
  notice: UninstallNotice,
  kinds: readonly Withdrawable[],
): Promise<Withdrawn | undefined> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  if (!(await isThere(client, notice, signal))) return undefined;
  let [written, failed] = [0, 0];
  for (const done of await Promise.all(kinds.map((kind) => kind.withdraw(signal)))) {
    written += done.written;
    failed += done.failed;
  }
  return { written, failed };
}

async function isThere(client: ApiClient, { namespace, name }: UninstallNotice, signal: AbortSignal): Promise<boolean> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
  const found = await client.json({ path, timeoutMs: WITHIN_MS, signal }).catch(() => undefined);
  const metadata = ownField(found, 'metadata');
  const age = Date.now() - Date.parse(stringField(metadata, 'creationTimestamp') ?? '');
  return ownField(ownField(metadata, 'labels'), UNINSTALL_LABEL) !== undefined && Math.abs(age) < NOTICE_LASTS_MS;
}
