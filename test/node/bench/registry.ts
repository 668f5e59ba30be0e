// A registry on loopback, as much of one as containerd needs to pull: the node fetches its images from it when its disk is made.
// (`ctr images import` would send every byte through containerd's API, which takes minutes in software emulation.)
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type ImageSet, MANIFEST_TYPE, sha256 } from './oci.ts';

export interface Registry {
  readonly port: number;
  /** Under which repository and tag an image is served, by its own name. */
  readonly served: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

interface Content {
  readonly type: string;
  readonly body: Buffer;
}

/** Serves images until it is stopped, on a free port where none is named. */
export async function startRegistry(sets: readonly ImageSet[], onPort = 0): Promise<Registry> {
  const contents = new Map<string, Content>();
  const served = new Map<string, string>();
  for (const { manifests, blobs } of sets) {
    for (const [digest, body] of blobs)
      contents.set(`/v2/image/blobs/${digest}`, { type: 'application/octet-stream', body });
    for (const [name, body] of manifests) {
      const tag = name.replaceAll(/[^\w.-]/g, '_');
      served.set(name, `image:${tag}`);
      for (const reference of [tag, sha256(body)]) {
        contents.set(`/v2/image/manifests/${reference}`, { type: MANIFEST_TYPE, body });
      }
    }
  }
  const server = createServer((request, response) => {
    const content = contents.get((request.url ?? '').split('?')[0] ?? '');
    if (content === undefined) {
      response.writeHead(request.url?.startsWith('/v2/?') || request.url === '/v2/' ? 200 : 404).end();
      return;
    }
    const headers = {
      'content-type': content.type,
      'content-length': content.body.length,
      'docker-content-digest': sha256(content.body),
    };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : content.body);
  });
  server.listen(onPort, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    served,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
