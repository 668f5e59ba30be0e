// Where the API server is and how we show who we are. One implementation reads a kubeconfig, one the files of a pod.
import type { Agent } from 'node:http';

/** What a request is sent with. */
export interface Access {
  /** Holds the certificates, and the connections that are kept alive. */
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

export interface Credentials {
  /** `https://10.96.0.1:443`, perhaps with a path. */
  readonly server: URL;
  /** Asked before each request, since tokens and certificates are renewed while we run. Rejects where it cannot tell. */
  access(): Promise<Access>;
  /** The server did not accept what we showed (401): whatever was kept is to be read again. */
  refused(): void;
}

/** Nothing can be watched as it is configured. The message says what is wrong and what was expected. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
