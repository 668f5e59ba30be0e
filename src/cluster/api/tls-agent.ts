// One agent, and with it one set of connections, for as long as the certificates stay the same. client-node's own keeps the
// first it made for ever: a renewed client certificate, or a new CA, would never be used.
import { Agent } from 'node:https';

/** What a connection is made with. */
export interface TlsMaterial {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** The name to expect in the server's certificate, where it is not the host's. */
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Idle connections are closed after this: the server, or a proxy in between, may have dropped them. */
const IDLE_MS = 30_000;

/** Gives the agent for the certificates of the moment. */
export class TlsAgent {
  #material: TlsMaterial | undefined;
  #agent: Agent | undefined;

  /** The agent for these certificates. Requests that go on under another one are left alone. */
  for(material: TlsMaterial): Agent {
    if (this.#agent && this.#material && sameMaterial(this.#material, material)) return this.#agent;
    const { ca, cert, key, servername, rejectUnauthorized } = material;
    this.#material = material;
    this.#agent = new Agent({
      keepAlive: true,
      timeout: IDLE_MS,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    });
    return this.#agent;
  }
}

function sameMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  return (
    sameBytes(a.ca, b.ca) &&
    sameBytes(a.cert, b.cert) &&
    sameBytes(a.key, b.key) &&
    a.servername === b.servername &&
    a.rejectUnauthorized === b.rejectUnauthorized
  );
}

function sameBytes(a: string | Buffer | undefined, b: string | Buffer | undefined): boolean {
  if (a === b) return true;
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b);
}
