// Sends spans to a collector, in batches and one request at a time. What the collector does not take in time is counted and forgotten.
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { cutUnits, oneLine } from '../../model/one-line.ts';
import { exportRequest } from './otlp.ts';
import type { Span } from './review-spans.ts';
import type { TraceSettings } from './settings.ts';

/** What became of so many reviews. */
export type TraceOutcome = 'exported' | 'dropped' | 'failed';
export const TRACE_OUTCOMES: readonly TraceOutcome[] = ['exported', 'dropped', 'failed'];

export interface ExportTiming {
  /** A batch is sent when it is so old... */
  readonly everyMs: number;
  /** ...or has so many reviews: to write a hundred as JSON takes about a millisecond, while reviews wait. */
  readonly batch: number;
  /** So many reviews wait at most. */
  readonly most: number;
  /** How often a batch is tried that the collector cannot take at the moment. */
  readonly attempts: number;
}

export const EXPORT_TIMING: ExportTiming = { everyMs: 5000, batch: 100, most: 2000, attempts: 3 };

export interface ExportListener {
  onOutcome(outcome: TraceOutcome, reviews: number, problem?: string): void;
  /** A bug of ours. */
  onFault(fault: unknown): void;
}

/** The statuses after which the specification has a batch sent again. */
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** What is left of 30 s before Kubernetes kills a container is for requests. */
const LAST_MS = 2000;
const MOST_ANSWER_BYTES = 64 * 1024;
const MOST_PROBLEM = 256;

/** What a request came to: undefined where all is well. */
type Problem = { readonly text: string; readonly isPassing: boolean } | undefined;

/** Takes the spans of reviews, and sends them. */
export class SpanExporter {
  readonly #settings: TraceSettings;
  readonly #timing: ExportTiming;
  readonly #listener: ExportListener;
  readonly #agent: HttpAgent;
  readonly #waiting: (readonly Span[])[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isStopped = false;

  constructor(settings: TraceSettings, listener: ExportListener, timing: Partial<ExportTiming> = {}) {
    this.#settings = settings;
    this.#listener = listener;
    this.#timing = { ...EXPORT_TIMING, ...timing };
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = settings.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Takes the spans of one review. */
  add(spans: readonly Span[]): void {
    if (this.#isStopped || this.#waiting.length >= this.#timing.most) {
      this.#listener.onOutcome('dropped', 1);
      return;
    }
    this.#waiting.push(spans);
    this.#wake();
  }

  /** Sends what there is, for as long as that may take when a process ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LAST_MS);
    await Promise.race([this.#sendRest(), late]);
    clearTimeout(timer);
    this.#agent.destroy();
  }

  async #sendRest(): Promise<void> {
    await this.#sending;
    await this.#sendBatches(1);
  }

  #wake(): void {
    if (this.#sending || this.#isStopped || this.#waiting.length === 0) return;
    if (this.#waiting.length >= this.#timing.batch) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), this.#timing.everyMs).unref();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sendBatches(this.#timing.attempts)
      .catch((fault: unknown) => this.#listener.onFault(fault))
      .finally(() => {
        this.#sending = undefined;
        this.#wake();
      });
  }

  /** All that waits now. */
  async #sendBatches(attempts: number): Promise<void> {
    for (let left = this.#waiting.length; left > 0; left -= this.#timing.batch) {
      const reviews = this.#waiting.splice(0, Math.min(left, this.#timing.batch));
      const body = Buffer.from(exportRequest(reviews.flat(), this.#settings.resource));
      const problem = await this.#sendWithin(attempts, body);
      this.#listener.onOutcome(problem ? 'failed' : 'exported', reviews.length, problem?.text);
    }
  }

  async #sendWithin(attempts: number, body: Buffer): Promise<Problem> {
    const problem = await this.#post(body);
    if (!problem?.isPassing || attempts <= 1 || this.#isStopped) return problem;
    // At random, so that replicas do not come back to the collector together.
    await new Promise((resolve) => setTimeout(resolve, this.#timing.everyMs * (0.5 + Math.random())).unref());
    return await this.#sendWithin(attempts - 1, body);
  }

  /** Never rejects. */
  #post(body: Buffer): Promise<Problem> {
    const { url, headers, timeoutMs } = this.#settings;
    const { promise, resolve } = Promise.withResolvers<Problem>();
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const own = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = send(url, { method: 'POST', agent: this.#agent, headers: { ...headers, ...own } });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    sent.on('close', () => clearTimeout(timer));
    sent.on('error', (error) => resolve({ text: oneLine(cutUnits(error.message, MOST_PROBLEM)), isPassing: true }));
    sent.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        if (text.length < MOST_ANSWER_BYTES) text += chunk;
      });
      response.on('error', () => {});
      response.on('close', () => resolve(problemIn(status, text)));
    });
    sent.end(body);
    return promise;
  }
}

/** Of an answer. That some spans were not taken is in one with status 200. */
function problemIn(status: number, text: string): Problem {
  const said = oneLine(cutUnits(text, MOST_PROBLEM));
  if (status < 200 || status >= 300) return { text: `${status} ${said}`.trim(), isPassing: AGAIN.has(status) };
  return /"rejectedSpans":\s*"?[1-9]/.test(text) ? { text: said, isPassing: false } : undefined;
}
