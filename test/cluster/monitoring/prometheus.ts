// A real Prometheus that scrapes a server of ours and an API server, and evaluates the rules of the chart.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ownField, stringField } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { freePorts } from '../control-plane/free-ports.ts';
import { startGuard } from '../control-plane/guard.ts';
import { startPart, untilReady } from '../control-plane/part.ts';
import { monitoringPrograms } from './programs.ts';

const READY_WITHIN_MS = 60_000;

export interface Prometheus {
  /** Answers of its HTTP API, from `data` on. */
  get(path: string): Promise<unknown>;
  /** What an expression gives now. */
  query(expression: string): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

interface PrometheusOptions {
  readonly plane: ControlPlane;
  /** Of our server. */
  readonly metricsUrl: string;
  /** `groups` of a PrometheusRule. */
  readonly groups: unknown;
}

/** Starts it, and resolves when it answers. */
export async function startPrometheus({ plane, metricsUrl, groups }: PrometheusOptions): Promise<Prometheus> {
  const { prometheus: file } = await monitoringPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-prometheus-'));
  const guard = startGuard(folder);
  try {
    const [port = 0] = await freePorts(1);
    const admin: unknown = JSON.parse(readFileSync(plane.kubeconfig(), 'utf8'));
    const ca = at(admin, 'clusters', 0, 'cluster', 'certificate-authority-data');
    writeFileSync(join(folder, 'ca.crt'), Buffer.from(String(ca), 'base64'));
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: [ours(metricsUrl), theirs(plane.url, String(at(admin, 'users', 0, 'user', 'token')))],
    };
    writeFileSync(join(folder, 'prometheus.yaml'), stringify(config), { mode: 0o600 });
    const address = `127.0.0.1:${port}`;
    const args = [
      '--config.file=prometheus.yaml',
      '--storage.tsdb.path=data',
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ];
    const part = await startPart({ name: 'prometheus', file, args, folder, guard });
    const get = async (path: string): Promise<unknown> => {
      const answer: unknown = await (await fetch(`http://${address}/api/v1/${path}`)).json();
      if (stringField(answer, 'status') !== 'success') throw new Error(`${path}: ${JSON.stringify(answer)}`);
      return ownField(answer, 'data');
    };
    await untilReady(part, async () => (await fetch(`http://${address}/-/ready`)).ok, READY_WITHIN_MS);
    return {
      get,
      async query(expression) {
        return listAt(await get(`query?query=${encodeURIComponent(expression)}`), 'result');
      },
      async stop() {
        await part.kill();
        await guard.close();
      },
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

/** With the labels that the operator gives to targets. */
function ours(metricsUrl: string): object {
  const labels = { namespace: 'sandgate', pod: 'sandgate-0', container: 'sandgate', service: 'sandgate-metrics' };
  return { job_name: 'sandgate-metrics', static_configs: [{ targets: [new URL(metricsUrl).host], labels }] };
}

function theirs(url: string, token: string): object {
  return {
    job_name: 'apiserver',
    scheme: 'https',
    authorization: { credentials: token },
    tls_config: { ca_file: 'ca.crt' },
    static_configs: [{ targets: [new URL(url).host] }],
  };
}
