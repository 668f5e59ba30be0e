// The environment variables of a proxy and of its certificates.
import type { Variable } from '../added-env.ts';
import type { ProxyParameters } from './parameters.ts';

/** No proxy leads to the container itself, nor, for a client of the cluster, to the API server. */
const SELF = ['localhost', '127.0.0.1', '::1'];

/** Holds the address of the API server, which Kubernetes gives every container: clients use it, and no name. */
export const API_SERVER_VARIABLE = 'KUBERNETES_SERVICE_HOST';

/**
 * Where programs look for the certificates that they trust, each for itself: Go, OpenSSL and Python's ssl, Node.js, Python's
 * requests, curl, git, the AWS tools, Deno, cargo, gRPC.
 */
const CA_VARIABLES = [
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
  'DENO_CERT',
  'CARGO_HTTP_CAINFO',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
];

/**
 * The variables that name the proxy. Both in upper and in lower case: curl reads `http_proxy` and not `HTTP_PROXY`, other
 * programs only the latter.
 */
export function proxyVariables({ http, https, noProxy }: ProxyParameters): readonly Variable[] {
  const variables: Variable[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value === undefined) return;
    variables.push({ name, value }, { name: name.toLowerCase(), value });
  };
  add('HTTP_PROXY', http);
  add('HTTPS_PROXY', https);
  if (http !== undefined || https !== undefined || noProxy !== undefined) {
    add('NO_PROXY', [...SELF, ...(noProxy ?? []), `$(${API_SERVER_VARIABLE})`].join(','));
  }
  return variables;
}

/** The variables that name the certificates; none where the policy has none. */
export function caVariables({ caBundle }: ProxyParameters): readonly Variable[] {
  if (caBundle === undefined) return [];
  const value = `${caBundle.mountPath.replace(/\/+$/, '')}/${caBundle.key}`;
  return CA_VARIABLES.map((name) => ({ name, value }));
}
