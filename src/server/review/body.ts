// Parses the bytes of a request as JSON. Fastify's own parser is not used because it refuses a `__proto__` key: an object
// with one would be admitted unjudged wherever the webhook's failurePolicy is Ignore.
import { isUtf8 } from 'node:buffer';
import { withoutManagedFields } from './managed-fields.ts';

/** A parsed body, or what is wrong with it. */
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
    // V8's message quotes no more than a few characters around the error.
    return {
      ok: false,
      problem: `the body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
