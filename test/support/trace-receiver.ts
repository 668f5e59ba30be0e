// What takes OTLP over HTTP as JSON, in the place of a collector or behind one, and what came.
import { createServer, type IncomingMessage } from 'node:http';
import { ownField, stringField } from '../../src/model/json.ts';

/** A span, as it came. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: unknown;
  readonly flags: unknown;
  /** In nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  /** Texts, numbers and lists of texts. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: unknown;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TraceReceiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  spans(): readonly ReceivedSpan[];
  stop(): Promise<void>;
}

/**
 * Listens on a free port.
 * @param answer the status and the body of each answer, from the number of the request on; 200 by default, and -1 for none at all
 */
export async function startTraceReceiver(
  answer: (request: number) => readonly [status: number, body?: string] = () => [200, '{}'],
): Promise<TraceReceiver> {
  const requests: ReceivedRequest[] = [];
  // Read as they come: an API server sends thousands, and a test asks for them again and again.
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      spans.push(...spansIn(JSON.parse(body)));
      const [status, text = '{}'] = answer(requests.length);
      if (status > 0) response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spans: () => spans,
    async stop() {
      server.closeAllConnections();
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      server.close(() => close());
      await closed;
    },
  };
}

function spansIn(request: unknown): readonly ReceivedSpan[] {
  return listIn(request, 'resourceSpans').flatMap((group) => {
    const service = String(attributesIn(ownField(group, 'resource'))['service.name']);
    return listIn(group, 'scopeSpans').flatMap((scope) => listIn(scope, 'spans').map((span) => spanOf(span, service)));
  });
}

function spanOf(span: unknown, service: string): ReceivedSpan {
  return {
    service,
    traceId: stringField(span, 'traceId') ?? '',
    spanId: stringField(span, 'spanId') ?? '',
    parentSpanId: stringField(span, 'parentSpanId') || undefined,
    name: stringField(span, 'name') ?? '',
    kind: ownField(span, 'kind'),
    flags: ownField(span, 'flags'),
    start: BigInt(stringField(span, 'startTimeUnixNano') ?? '0'),
    end: BigInt(stringField(span, 'endTimeUnixNano') ?? '0'),
    attributes: attributesIn(span),
    status: ownField(span, 'status'),
  };
}

function attributesIn(of: unknown): Readonly<Record<string, unknown>> {
  const entries = listIn(of, 'attributes').map((attribute) => {
    const value = ownField(attribute, 'value');
    const list = ownField(value, 'arrayValue');
    const texts = listIn(list, 'values').map((one) => ownField(one, 'stringValue'));
    const [single] = ['stringValue', 'boolValue', 'intValue'].flatMap((key) => ownField(value, key) ?? []);
    return [String(ownField(attribute, 'key')), list === undefined ? single : texts] as const;
  });
  return Object.fromEntries(entries);
}

function listIn(of: unknown, key: string): readonly unknown[] {
  const list: unknown = ownField(of, key);
  return Array.isArray(list) ? list : [];
}
