// The bytes of a request as JSON. Not Fastify's own parser: that one refuses a `__proto__` key, which is ordinary data
// here, and an object it refuses would pass unjudged wherever the webhook fails open.
import { isUtf8 } from 'node:buffer';
import { withoutManagedFields } from './managed-fields.ts';

export type ParsedBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Parses a body. Never throws. */
export function parseBody(bytes: unknown): ParsedBody {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    return { ok: false, problem: 'the body is empty: expected an AdmissionReview as JSON' };
  }
  if (!isUtf8(bytes)) return { ok: false, problem: 'the body is not valid UTF-8: expected an AdmissionReview as JSON' };
  try {
    const value: unknown = JSON.parse(withoutManagedFields(bytes));
    return { ok: true, value };
  } catch (error) {
    // The message quotes a little of the text around the error, and nothing else.
    return {
      ok: false,
      problem: `the body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
