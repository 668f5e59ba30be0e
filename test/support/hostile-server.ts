// The webhook over TLS for tests that mean it harm: after each, it must still answer an ordinary review, and nothing may
// have been thrown past it.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Webhook } from '../../src/admission/review.ts';
import type { Gate } from '../../src/engine/gate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { BARE_POD, UNSAFE_POD } from '../../src/server/development/examples.ts';
import { applyReply, type Outcome } from './api-server.ts';
import { gateOf, policyYaml } from './gate.ts';
import { parseObject } from './reviews.ts';
import { type Answer, startTestServer, type TestServer } from './tls-client.ts';

/** Fills in and judges all there is. */
export const STRICT_GATE: Gate = gateOf(
  policyYaml(
    'strict',
    'podSecurity: { level: restricted }\nharden: restricted\nidentity: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 1000 }',
  ),
);

/** More than any sentence of ours needs. */
const LONGEST_MESSAGE = 9000;

export interface HostileServer {
  readonly url: string;
  /** The lines logged so far. */
  readonly lines: readonly unknown[];
  /** Sends bytes; whatever they are, the answer is no 5xx. */
  send(path: string, body: string | Buffer, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends the text of a review and lets the API server make of the answer what it does: never an error. */
  review(webhook: Webhook, text: string): Promise<Outcome>;
}

/** Starts the server for the tests of a file, and watches over it. */
export function hostileServer(gate: Gate = STRICT_GATE): HostileServer {
  let server: TestServer | undefined;
  const thrown: unknown[] = [];
  const notice = (error: unknown): void => void thrown.push(error);

  function running(): TestServer {
    if (!server) throw new Error('the server has not been started');
    return server;
  }

  async function send(path: string, body: string | Buffer, headers = JSON_TYPE): Promise<Answer> {
    const answer = await running().client.send(path, { method: 'POST', headers, body });
    expect(answer.status).toBeLessThan(500);
    return answer;
  }

  beforeAll(async () => {
    server = await startTestServer(() => gate);
    process.on('uncaughtException', notice).on('unhandledRejection', notice);
  });
  afterEach(async () => {
    expect((await running().client.post('/validate', UNSAFE_POD)).body).toMatchObject({ response: { allowed: false } });
    const filled = await running().client.post('/mutate', BARE_POD);
    expect(filled.body).toMatchObject({ response: { allowed: true, patchType: 'JSONPatch' } });
    expect(thrown).toEqual([]);
  });
  afterAll(async () => {
    process.off('uncaughtException', notice).off('unhandledRejection', notice);
    await server?.close();
  });

  return {
    get url() {
      return running().url;
    },
    get lines() {
      return running().lines;
    },
    send,
    async review(webhook, text) {
      const answer = await send(`/${webhook}`, text);
      expect(answer.status).toBe(200);
      return outcomeOf(webhook, text, answer.body);
    },
  };
}

const JSON_TYPE: Readonly<Record<string, string>> = { 'content-type': 'application/json' };

/** The last text: most are sent to both webhooks, and some have megabytes. */
let parsed: { readonly text: string; readonly review: JsonObject } | undefined;

/** What the API server makes of a reply: it takes it, and every sentence in it is one line of bounded length. */
export function outcomeOf(webhook: Webhook, text: string, reply: unknown): Outcome {
  if (parsed?.text !== text) parsed = { text, review: parseObject(text) };
  const outcome = applyReply({ name: webhook, type: webhook }, parsed.review, reply);
  expect(outcome).toMatchObject({ lostWarnings: [], lostAnnotations: [] });
  expect(outcome.result, outcome.message).not.toBe('error');
  for (const sentence of [outcome.message, ...outcome.warnings, ...Object.values(outcome.audit)]) {
    expect(sentence).not.toMatch(/\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
    expect(sentence.length).toBeLessThan(LONGEST_MESSAGE);
    // That is how our own faults are worded.
    expect(sentence).not.toMatch(/internal error|which is a bug/);
  }
  return outcome;
}
