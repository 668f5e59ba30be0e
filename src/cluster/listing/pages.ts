// A list that is read once, page by page. It outlasts what goes wrong for a moment, and the expiry of its continue token: the
// API server forgets the state of a list after a few minutes, and then hands out a token by which the list goes on with what
// there is by now. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { ApiError } from '../api/api-error.ts';
import { TooLargeError } from '../api/body.ts';
import type { ApiClient } from '../api/client.ts';
import { Backoff } from '../watch/backoff.ts';

const PAGE = 500;
/** How much smaller pages get where one was too large to hold. */
const SHRINK = 8;
const TIMEOUT_MS = 30_000;
/** Of one page. */
const MOST_ATTEMPTS = 5;
const BACKOFF = { firstMs: 250, mostMs: 5000 };
/** A list that begins again for ever would never end. */
const MOST_RESTARTS = 5;

/** Some objects of a list. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** How many there are after them, where the server says so. */
  readonly remaining: number;
}

export interface PagesOptions {
  readonly client: Pick<ApiClient, 'json'>;
  readonly path: string;
  readonly limit?: number;
  readonly labelSelector?: string;
  /** Told when the token expired: what follows is of a later state than what came before. */
  readonly onExpired?: () => void;
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
}

/**
 * Every object of a list, once.
 * @throws ApiError where the server refuses, or does not answer after several attempts
 */
export async function* pagesOf(options: PagesOptions): AsyncGenerator<Page> {
  const { client, path, labelSelector, onExpired, backoff = BACKOFF } = options;
  let limit = options.limit ?? PAGE;
  let token = '';
  let restarts = 0;
  const waits = new Backoff(backoff);
  const seen = new Set<string>();
  for (let attempt = 1; ; ) {
    const query = new URLSearchParams({
      limit: String(limit),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(token !== '' && { continue: token }),
    });
    let page: unknown;
    try {
      page = await client.json({ path: `${path}?${query.toString()}`, timeoutMs: TIMEOUT_MS });
    } catch (error) {
      if (error instanceof TooLargeError && limit > 1) {
        limit = Math.ceil(limit / SHRINK);
      } else if (isExpired(error) && token !== '' && restarts < MOST_RESTARTS) {
        restarts++;
        token = error.continueToken ?? '';
        onExpired?.();
      } else if (mayPass(error) && attempt < MOST_ATTEMPTS) {
        attempt++;
        await sleep(waits.next(error instanceof ApiError ? error.retryAfterMs : 0));
      } else {
        throw error;
      }
      continue;
    }
    attempt = 1;
    waits.reset();
    const metadata = ownField(page, 'metadata');
    const items = ownField(page, 'items') ?? [];
    if (!Array.isArray(items)) throw new ApiError('the answer is not a list');
    const remaining = ownField(metadata, 'remainingItemCount');
    yield { items: items.filter(isJsonObject).filter((item) => isNew(item, seen)), remaining: Number(remaining ?? 0) };
    token = stringField(metadata, 'continue') ?? '';
    if (token === '') return;
  }
}

function isExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 410;
}

/** True for what may be better in a moment: no answer at all, too many requests, and what is wrong with the server. */
function mayPass(error: unknown): boolean {
  if (error instanceof TooLargeError) return false;
  const status = error instanceof ApiError ? error.status : undefined;
  return status === undefined || status === 429 || status >= 500;
}

/** A list that began again has objects that came before. */
function isNew(item: JsonObject, seen: Set<string>): boolean {
  const metadata = ownField(item, 'metadata');
  const key =
    stringField(metadata, 'uid') ?? JSON.stringify([ownField(metadata, 'namespace'), ownField(metadata, 'name')]);
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
