// A Pepr module with one capability that validates pods. Pepr has no policies of its own: what it checks is our code, in
// pepr-module.js, and as long as that is.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installDefinition } from '../../../cluster/control-plane/custom-resources.ts';
import { expectOk } from '../../../cluster/control-plane/expect-ok.ts';
import { freePorts } from '../../../cluster/control-plane/free-ports.ts';
import { cacheFolder } from '../../../cluster/control-plane/go-build.ts';
import type { Launch, Peer, Site } from '../peer.ts';

const VERSION = '1.1.4';
const MODULE = join(import.meta.dirname, 'pepr-module.js');

export const pepr: Peer = {
  name: 'Pepr',
  version: `v${VERSION}`,
  asked: 'a capability that validates pods with our code for the same controls',
  install,
};

async function install({ plane, certificates }: Site): Promise<Launch> {
  const folder = await installPackage();
  cpSync(MODULE, join(folder, 'module.js'));
  await installDefinition(plane, STORE);
  await expectOk(plane.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pepr-system' } }));
  const [port = 0] = await freePorts(1);
  const environment = {
    NODE_ENV: 'production',
    PEPR_WATCH_MODE: 'false',
    PEPR_PRETTY_LOGS: 'false',
    LOG_LEVEL: 'info',
    PEPR_API_PATH: 'bench',
    PEPR_PORT: String(port),
    SSL_CERT_PATH: join(certificates, 'tls.crt'),
    SSL_KEY_PATH: join(certificates, 'tls.key'),
    KUBECONFIG: plane.kubeconfig(),
  };
  const args = [join(folder, 'module.js')];
  return { file: process.execPath, args, environment, port, path: '/validate/bench', readiness: '/healthz' };
}

/** Beside the programs and not in this repository, which does not depend on it. */
async function installPackage(): Promise<string> {
  const folder = join(cacheFolder('peers'), `pepr-${VERSION}`);
  if (existsSync(join(folder, 'node_modules/pepr/package.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  console.error(`installing pepr@${VERSION} into ${folder}`);
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', `pepr@${VERSION}`], { cwd: folder });
  return folder;
}

/** What its image's launcher applies before it starts the module. */
const STORE = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'peprstores.pepr.dev' },
  spec: {
    group: 'pepr.dev',
    scope: 'Namespaced',
    names: { plural: 'peprstores', singular: 'peprstore', kind: 'PeprStore' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { data: { type: 'object', additionalProperties: { type: 'string' } } },
          },
        },
      },
    ],
  },
};
