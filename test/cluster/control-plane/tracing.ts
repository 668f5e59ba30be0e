// The API server's own traces: to whom it sends them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the configuration and returns the flag that names it. Every request is recorded. */
export function tracingFlags(folder: string, endpoint: string): readonly string[] {
  const configuration = {
    apiVersion: 'apiserver.config.k8s.io/v1beta1',
    kind: 'TracingConfiguration',
    endpoint,
    samplingRatePerMillion: 1_000_000,
  };
  const file = join(folder, 'tracing.json');
  writeFileSync(file, JSON.stringify(configuration));
  return [`--tracing-config-file=${file}`];
}
