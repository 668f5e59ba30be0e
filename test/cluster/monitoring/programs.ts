// Prometheus and promtool, built from source into the cache like the programs of the control plane.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { buildGo } from '../control-plane/go-build.ts';

export interface MonitoringPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Where they are, built now where they must be. */
export async function monitoringPrograms(): Promise<MonitoringPrograms> {
  const built = await buildGo({
    folder: resolve(import.meta.dirname, '../binaries/prometheus'),
    packages: ['promtool', 'prometheus'].map((name) => `github.com/prometheus/prometheus/cmd/${name}`),
    ldflags: '-s -w',
    // Without the clients of every cloud: what is scraped here is said in a file.
    tags: ['remove_all_sd'],
    coldSeconds: { promtool: 240, prometheus: 120 },
  });
  return { prometheus: built.prometheus ?? '', promtool: built.promtool ?? '' };
}

/** What a run of promtool ended with, and said. */
export function runPromtool(
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly says: string }> {
  return new Promise((done) => {
    execFile(file, args, { cwd }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), says: `${stdout}${stderr}` });
    });
  });
}
