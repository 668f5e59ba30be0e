// kube-apiserver, told what a cluster without nodes needs.
import type { Credentials } from './credentials.ts';
import type { Guard } from './guard.ts';
import { type Part, startPart, untilReady } from './part.ts';

const READY_WITHIN_MS = 60_000;

export interface ApiServerOptions {
  readonly binary: string;
  readonly folder: string;
  readonly guard: Guard;
  readonly port: number;
  readonly etcdPort: number;
  readonly credentials: Credentials;
  /** Of the audit log and the like. */
  readonly moreFlags: readonly string[];
  /** True once it answers as it should. */
  readonly isReady: () => Promise<boolean>;
}

/** Starts the API server and resolves when it is ready. The Pod Security plugin is off: we are tested, not it. */
export async function startApiServer(options: ApiServerOptions): Promise<Part> {
  const { binary, folder, guard, port, etcdPort, credentials } = options;
  const args = [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    // It refuses to advertise a loopback address, so it may advertise none.
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${credentials.certFile}`,
    `--tls-private-key-file=${credentials.keyFile}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${credentials.serviceAccountPublicFile}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
    `--token-auth-file=${credentials.tokensFile}`,
    '--anonymous-auth=false',
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=PodSecurity',
    '--allow-privileged=true',
    '--profiling=false',
    ...options.moreFlags,
  ];
  const part = await startPart({ name: 'kube-apiserver', file: binary, args, folder, guard });
  await untilReady(part, options.isReady, READY_WITHIN_MS);
  return part;
}
