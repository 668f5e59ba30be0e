// What can go wrong between us and the API server, in one line of words.

import { ownField } from '../../model/json.ts';
import { shortLine } from '../../model/one-line.ts';

const LONGEST = 256;

/** A request that was not answered, or not with what it asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status, or the code of an ERROR event; undefined where there was no answer. */
  readonly status: number | undefined;
  /** How long the server asked us to wait. */
  readonly retryAfterMs: number;
  /** What the server said, whole and as it said it; empty where there was no answer. */
  readonly said: string;
  /** Of a list whose token has expired: the one by which it goes on, with what there is by now. */
  readonly continueToken: string | undefined;

  constructor(
    message: string,
    status?: number,
    retryAfterMs = 0,
    { said = '', continueToken }: { readonly said?: string; readonly continueToken?: string | undefined } = {},
  ) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.said = said;
    this.continueToken = continueToken;
  }
}

/** Why something failed, on one line of bounded length: it may quote whatever the server sent. */
export function reasonOf(error: unknown): string {
  return shortLine(textOf(error), LONGEST);
}

/** Where every address of a host was tried, Node throws an error without a message. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const code = ownField(error, 'code');
  return typeof code === 'string' ? code : error.name;
}
