// A complete list, page by page.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { ApiError } from '../api/api-error.ts';
import { TooLargeError } from '../api/body.ts';
import type { ApiClient } from '../api/client.ts';
import type { WatchedResource } from './resource.ts';

const PAGE = 500;
/** How much smaller pages get where one was too large to hold. */
const SHRINK = 8;

/**
 * Hands every object to `add` and returns the resourceVersion to watch from. Asks for the newest state and not for what the
 * API server has at hand, which may be older than what we know. Throws where the list does not come to its end.
 */
export async function listAll(
  client: ApiClient,
  resource: WatchedResource,
  timeoutMs: number,
  signal: AbortSignal,
  add: (object: JsonObject) => void,
): Promise<string> {
  let limit = PAGE;
  let token = '';
  for (;;) {
    const query = new URLSearchParams({ limit: String(limit), ...(token !== '' && { continue: token }) });
    let page: unknown;
    try {
      page = await client.json({ path: `${resource.path}?${query.toString()}`, timeoutMs, signal });
    } catch (error) {
      // Whoever may create namespaces may make them large.
      if (!(error instanceof TooLargeError) || limit === 1) throw error;
      limit = Math.ceil(limit / SHRINK);
      continue;
    }
    const metadata = ownField(page, 'metadata');
    const version = stringField(metadata, 'resourceVersion');
    const items = ownField(page, 'items') ?? [];
    if (!version || !Array.isArray(items)) throw new ApiError('the answer is not a list');
    for (const item of items) if (isJsonObject(item)) add(item);
    token = stringField(metadata, 'continue') ?? '';
    if (token === '') return version;
  }
}
