// The credentials of a pod: its service account's token and CA. Read here and not by client-node, which takes half a second
// and 70 MB to load (all of Kubernetes' types come with it) and has nothing to add to two files and two variables.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { type Access, ClusterError, type Credentials } from './credentials.ts';
import { TlsAgent } from './tls-agent.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The kubelet renews the token long before it expires; client-go reads it as often as this. */
const READ_EVERY_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** True in a pod that was given a token. */
export function isInCluster(environment: Environment = process.env, folder = SERVICE_ACCOUNT): boolean {
  if (!environment.KUBERNETES_SERVICE_HOST || !environment.KUBERNETES_SERVICE_PORT) return false;
  return readOrUndefined(join(folder, 'token')) !== undefined;
}

/** The credentials of this pod. Throws a {@link ClusterError} where it has none. */
export function inClusterCredentials(environment: Environment = process.env, folder = SERVICE_ACCOUNT): Credentials {
  const host = environment.KUBERNETES_SERVICE_HOST;
  const port = environment.KUBERNETES_SERVICE_PORT;
  if (!host || !port) {
    throw new ClusterError(
      'not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set (expected --kubeconfig outside of a pod)',
    );
  }
  const tokenFile = join(folder, 'token');
  const caFile = join(folder, 'ca.crt');
  for (const file of [tokenFile, caFile]) {
    if (readOrUndefined(file) !== undefined) continue;
    throw new ClusterError(
      `cannot read ${file} (expected the token of a service account; is automountServiceAccountToken false?)`,
    );
  }
  const tls = new TlsAgent();
  let known: Access | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    async access() {
      const now = performance.now();
      if (known && now - readAt < READ_EVERY_MS) return known;
      const [token, ca] = await Promise.all([readFile(tokenFile, 'utf8'), readFile(caFile)]);
      known = { agent: tls.for({ ca }), headers: { authorization: `Bearer ${token.trim()}` } };
      readAt = now;
      return known;
    },
    refused() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
