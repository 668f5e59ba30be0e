// One watch request, from its answer to its end, whatever that is.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { ApiError } from '../api/api-error.ts';
import { chunksOf, jsonLinesOf } from '../api/body.ts';
import { type ApiClient, MOST_BYTES } from '../api/client.ts';
import type { WatchedResource } from './resource.ts';

/** The resourceVersion is too old: the server has compacted it. */
const GONE = 410;

export interface StreamOptions {
  readonly client: ApiClient;
  readonly resource: WatchedResource;
  /** The resourceVersion to go on from. */
  readonly from: string;
  /** After how many seconds the server is to end it. */
  readonly seconds: number;
  /** Until the answer begins, and by how much the server may be late with the end. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One event: what happened to an object, or how far we have come. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: JsonObject;
  /** Where to go on from after it. */
  readonly version: string;
}

/** The watch cannot be continued from where it was: a new list is needed. */
export class LostError extends ApiError {}

/**
 * The events of one watch. Calls `onOpen` once the server has accepted it. Ends when the server ends it; throws a
 * {@link LostError} where it cannot be continued, and an {@link ApiError} or a system error where it was interrupted.
 */
export async function* watchEvents(options: StreamOptions, onOpen: () => void): AsyncGenerator<WatchEvent, void> {
  const { client, resource, from, seconds, timeoutMs, signal } = options;
  const query = new URLSearchParams({
    watch: 'true',
    resourceVersion: from,
    // Without bookmarks the version of a resource that rarely changes gets too old to continue from.
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
  });
  let response: Awaited<ReturnType<ApiClient['open']>>;
  try {
    response = await client.open({ path: `${resource.path}?${query.toString()}`, timeoutMs, signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === GONE) throw new LostError(error.message, GONE);
    throw error;
  }
  onOpen();
  // A server that hangs neither sends anything nor ends it. TCP would not notice: the kernel goes on answering.
  const chunks = chunksOf(response, seconds * 1000 + timeoutMs);
  for await (const line of jsonLinesOf(chunks, MOST_BYTES)) yield eventOf(line);
}

function eventOf(line: unknown): WatchEvent {
  const type = ownField(line, 'type');
  const object = ownField(line, 'object');
  if (type === 'ERROR') {
    const code = ownField(object, 'code');
    const message = stringField(object, 'message') ?? stringField(object, 'reason') ?? 'an ERROR event';
    throw new LostError(message, typeof code === 'number' ? code : undefined);
  }
  const version = stringField(ownField(object, 'metadata'), 'resourceVersion');
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED' && type !== 'BOOKMARK') {
    throw new LostError('the server sent an event of no type we know');
  }
  if (!isJsonObject(object) || !version) throw new LostError(`the server sent a ${type} event without an object`);
  return { type, object, version };
}
