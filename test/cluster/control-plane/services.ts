// What kube-proxy does in a cluster, for the API server alone: the addresses of Services lead to processes on this machine. The
// API server connects by way of a proxy, as it does in clusters whose control plane is outside of their network (konnectivity).
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

/** Where the API server finds the proxy. Unix sockets are the one transport without TLS that it takes for HTTP CONNECT. */
const CONFIGURATION = (socket: string): string => `apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
  - name: cluster
    connection:
      proxyProtocol: HTTPConnect
      transport: { uds: { udsName: ${JSON.stringify(socket)} } }
`;

/** The network between an API server and the Services of its cluster. */
export class Services {
  /** For `--egress-selector-config-file`. */
  readonly configFile: string;
  readonly #server: Server;
  readonly #ports = new Map<string, readonly number[]>();
  readonly #open = new Set<Duplex>();
  #turn = 0;

  private constructor(configFile: string, server: Server) {
    this.configFile = configFile;
    this.#server = server.on('connect', (request, socket) => this.#connect(request, socket));
  }

  /** Listens on a socket in this folder. No Service leads anywhere yet. */
  static async start(folder: string): Promise<Services> {
    const socket = join(folder, 'egress.sock');
    const configFile = join(folder, 'egress.yaml');
    writeFileSync(configFile, CONFIGURATION(socket));
    const server = createServer().listen(socket).unref();
    await once(server, 'listening');
    return new Services(configFile, server);
  }

  /**
   * Connections to an address such as `10.0.0.5:443` lead to these ports on loopback in turns; to none, as where no pod is ready,
   * they fail. Connections that are open stay open.
   */
  route(address: string, ports: readonly number[]): void {
    this.#ports.set(address, ports);
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #connect({ url = '' }: IncomingMessage, socket: Duplex): void {
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket)).on('error', () => socket.destroy());
    const ports = this.#ports.get(url) ?? [];
    const port = ports[this.#turn++ % ports.length];
    if (port === undefined) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      return;
    }
    const pod = connect({ host: '127.0.0.1', port });
    pod
      .on('connect', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        pod.pipe(socket).pipe(pod);
      })
      .on('error', () => socket.destroy())
      .on('close', () => socket.destroy());
    socket.on('close', () => pod.destroy());
  }
}
