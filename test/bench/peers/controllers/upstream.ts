// The webhook that the Pod Security admission plugin is published as, from the same code as the plugin.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../../cluster/control-plane/free-ports.ts';
import type { Launch, Peer, Site } from '../peer.ts';
import { buildProgram } from '../programs.ts';

const VERSION = 'v0.37.2';

export const upstream: Peer = {
  name: 'pod-security-webhook',
  version: VERSION,
  asked: '`defaults: {enforce: restricted, enforce-version: latest}` in its configuration',
  install,
};

async function install({ plane, folder, certificates }: Site): Promise<Launch> {
  const file = await buildProgram({
    module: `k8s.io/pod-security-admission@${VERSION}`,
    package: './cmd/webhook',
    name: 'pod-security-webhook',
    coldSeconds: 90,
  });
  const config = join(folder, 'podsecurity.json');
  const defaults = { enforce: 'restricted', 'enforce-version': 'latest' };
  const apiVersion = 'pod-security.admission.config.k8s.io/v1';
  writeFileSync(config, JSON.stringify({ apiVersion, kind: 'PodSecurityConfiguration', defaults }));
  const [port = 0] = await freePorts(1);
  const args = [
    `--config=${config}`,
    `--kubeconfig=${plane.kubeconfig()}`,
    `--tls-cert-file=${join(certificates, 'tls.crt')}`,
    `--tls-private-key-file=${join(certificates, 'tls.key')}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
  ];
  return { file, args, port, path: '/', readiness: '/readyz' };
}
