// A collector of OpenTelemetry, built from source, on free ports of loopback. What it takes it hands on to a receiver of the test.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startTraceReceiver, type TraceReceiver } from '../../support/trace-receiver.ts';
import { freePorts } from '../control-plane/free-ports.ts';
import { buildGo } from '../control-plane/go-build.ts';
import { startGuard } from '../control-plane/guard.ts';
import { startPart, untilReady } from '../control-plane/part.ts';

const READY_WITHIN_MS = 30_000;

export interface Collector {
  /** Where it takes OTLP over gRPC: `127.0.0.1:PORT`. */
  readonly grpc: string;
  /** Where it takes OTLP over HTTP: `http://127.0.0.1:PORT`. */
  readonly http: string;
  readonly received: TraceReceiver;
  stop(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const built = await buildGo({
    folder: resolve(import.meta.dirname, '../binaries/otel-collector'),
    packages: ['./'],
    names: { './': 'otel-collector' },
    ldflags: '-s -w',
    coldSeconds: { 'otel-collector': 120 },
  });
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-collector-'));
  const guard = startGuard(folder);
  try {
    const [received, [grpc = 0, http = 0]] = await Promise.all([startTraceReceiver(), freePorts(2)]);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(configOf(grpc, http, received.url)));
    const file = built['otel-collector'] ?? '';
    const part = await startPart({ name: 'otel-collector', file, args: ['--config=file:config.json'], folder, guard });
    await untilReady(part, async () => (await accepts(grpc)) && (await accepts(http)), READY_WITHIN_MS);
    return {
      grpc: `127.0.0.1:${grpc}`,
      http: `http://127.0.0.1:${http}`,
      received,
      async stop() {
        await part.kill();
        await received.stop();
        await guard.close();
      },
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

function configOf(grpc: number, http: number, to: string): object {
  const protocols = { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } };
  // One span after the other, as they come: a test does not wait for batches.
  const onwards = { endpoint: to, encoding: 'json', compression: 'none', sending_queue: { enabled: false } };
  return {
    receivers: { otlp: { protocols } },
    exporters: { otlp_http: onwards },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } },
    },
  };
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve: answer } = Promise.withResolvers<boolean>();
  const socket = createConnection({ host: '127.0.0.1', port });
  socket.on('connect', () => {
    socket.destroy();
    answer(true);
  });
  socket.on('error', () => answer(false));
  return promise;
}
