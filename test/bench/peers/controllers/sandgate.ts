// Ourselves: the bundle with the options of the image, following the cluster, with the limits that the chart gives a container.
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { definitionOf } from '../../../../scripts/crd/custom-resource.ts';
import { VERSION } from '../../../../src/model/version.ts';
import { OWN_KINDS } from '../../../../src/resources/index.ts';
import { installDefinition } from '../../../cluster/control-plane/custom-resources.ts';
import { expectOk } from '../../../cluster/control-plane/expect-ok.ts';
import { freePorts } from '../../../cluster/control-plane/free-ports.ts';
import type { Launch, Peer, Site } from '../peer.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
/** `--max-old-space-size-percentage=50` of the image, in the 256 MiB that the chart gives the container. */
const NODE_FLAGS = ['--max-old-space-size=128', '--max-semi-space-size=8'];

export const sandgate: Peer = {
  name: 'Sandgate',
  version: VERSION,
  asked: 'an IsolationPolicy with `podSecurity: {level: restricted, version: latest}`',
  install,
};

async function install({ plane, certificates }: Site): Promise<Launch> {
  await promisify(execFile)('npm', ['run', 'build'], { cwd: ROOT });
  await Promise.all(OWN_KINDS.map((kind) => installDefinition(plane, definitionOf(kind))));
  await expectOk(
    plane.admin.create({
      apiVersion: 'sandgate.dev/v1alpha1',
      kind: 'IsolationPolicy',
      metadata: { name: 'restricted' },
      spec: { podSecurity: { level: 'restricted', version: 'latest' } },
    }),
  );
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const args = [
    ...NODE_FLAGS,
    join(ROOT, 'dist/sandgate.js'),
    'serve',
    `--kubeconfig=${plane.kubeconfig()}`,
    `--tls-cert=${join(certificates, 'tls.crt')}`,
    `--tls-key=${join(certificates, 'tls.key')}`,
    '--host=127.0.0.1',
    `--port=${port}`,
    `--metrics-port=${metricsPort}`,
  ];
  const environment = { NODE_ENV: 'production' };
  return { file: process.execPath, args, environment, port, path: '/validate', readiness: '/readyz' };
}
