// Whether an API server would accept a certificate: by a handshake with ourselves, in memory.
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import { namesOf } from './client-authentication.ts';
import { certificatesIn, reasonOf } from './pem.ts';
import { secureContextOptions, type TlsMaterial } from './tls-options.ts';

const TIMEOUT_MS = 5000;
const MOST_NAMES = 3;

/**
 * Why a client that trusts this CA alone, as the API server does with the `caBundle` of a webhook, would not accept the
 * certificate of this host. Undefined where it would. Like Go's, it looks at alternative names only, and takes a CA in the middle of
 * a chain for the end of it.
 */
export async function certificateProblem(material: TlsMaterial, host: string, ca: string): Promise<string | undefined> {
  const { cert, key } = material;
  const [leaf] = certificatesIn(cert);
  if (leaf.checkHost(host, { subject: 'never' }) === undefined) {
    const names = namesOf(leaf).slice(0, MOST_NAMES);
    return `the certificate does not name ${host}, which the API server asks for (it names ${names.join(', ') || 'nobody'})`;
  }
  const [ours, theirs] = duplexPair();
  const server = new TLSSocket(ours, {
    isServer: true,
    secureContext: createSecureContext(secureContextOptions({ cert, key })),
  });
  server.on('error', () => {});
  const client = connect({
    socket: theirs,
    ca,
    servername: host,
    allowPartialTrustChain: true,
    // The names were looked at above.
    checkServerIdentity: () => undefined,
  });
  try {
    await once(client, 'secureConnect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return undefined;
  } catch (error) {
    return `the CA that the API server is told of does not vouch for the certificate (${reasonOf(error)})`;
  } finally {
    client.destroy();
    server.destroy();
  }
}
