// A kubeconfig as its users find it: a file. JSON is YAML.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KubeconfigOptions {
  readonly folder: string;
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  /** Whom the owner of the token acts as. */
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] };
}

/** Writes a kubeconfig and returns its path. */
export function writeKubeconfig({ folder, url, ca, token, impersonate }: KubeconfigOptions): string {
  const acting = impersonate && { as: impersonate.user, 'as-groups': impersonate.groups };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'user', user: { token, ...acting } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'user' } }],
    'current-context': 'test',
  };
  const path = join(folder, `kubeconfig-${randomUUID()}.yaml`);
  writeFileSync(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return path;
}
