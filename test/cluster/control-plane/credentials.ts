// Keys, certificates and tokens of one control plane, as files for its programs.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issue, makeAuthority } from '../../support/certificates.ts';

/** The address of the Service `kubernetes`, in the range that the API server is told. */
export const SERVICE_ADDRESS = '10.0.0.1';

export interface Credentials {
  /** PEM of the authority that signed the API server's certificate. */
  readonly ca: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicFile: string;
  readonly tokensFile: string;
  /** Of `admin` in `system:masters`, whom RBAC and flow control let pass. */
  readonly adminToken: string;
  readonly controllerManagerToken: string;
}

/** Makes new credentials and writes them into `folder`. */
export async function writeCredentials(folder: string): Promise<Credentials> {
  const write = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const authority = await makeAuthority('sandgate test control plane');
  // The last is where pods look for it: the first address of the range for Services.
  const server = await issue(authority, {
    name: 'kube-apiserver',
    alternatives: ['127.0.0.1', 'localhost', SERVICE_ADDRESS],
  });
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const adminToken = randomBytes(16).toString('hex');
  const controllerManagerToken = randomBytes(16).toString('hex');
  const users = [
    `${adminToken},admin,admin,"system:masters"`,
    `${controllerManagerToken},system:kube-controller-manager,system:kube-controller-manager`,
  ];
  return {
    ca: authority.cert,
    caFile: write('ca.crt', authority.cert),
    certFile: write('apiserver.crt', server.cert),
    keyFile: write('apiserver.key', server.key),
    serviceAccountKeyFile: write('sa.key', privateKey),
    serviceAccountPublicFile: write('sa.pub', publicKey),
    tokensFile: write('tokens.csv', `${users.join('\n')}\n`),
    adminToken,
    controllerManagerToken,
  };
}
