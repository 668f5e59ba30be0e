// Who we are to the API server: kubeconfigs and the files of a pod, as they are and as they change while we run.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ApiClient } from '../../src/cluster/api/client.ts';
import { ClusterError } from '../../src/cluster/api/credentials.ts';
import { inClusterCredentials, isInCluster } from '../../src/cluster/api/in-cluster.ts';
import { kubeconfigCredentials } from '../../src/cluster/api/kubeconfig.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { issue, makeAuthority } from '../support/certificates.ts';
import { FakeApiServer, fails, PATHS } from './fake-api-server.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sandgate-credentials-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** The headers of one request with these credentials. */
async function shown(api: FakeApiServer, kubeconfig: string): Promise<FakeApiServer['asked'][number]['headers']> {
  await new ApiClient(kubeconfigCredentials(kubeconfig)).json({ path: PATHS.namespaces, timeoutMs: 5000 });
  return api.asked.at(-1)?.headers ?? {};
}

describe('a kubeconfig', () => {
  test('shows a token, and says who asks', async () => {
    const api = await FakeApiServer.start();
    const headers = await shown(api, api.kubeconfig({ token: 'secret' }));
    expect(headers.authorization).toBe('Bearer secret');
    expect(headers['user-agent']).toMatch(/^sandgate\/\d/);
  });

  test('shows a token of a file beside it, without its line break', async () => {
    const api = await FakeApiServer.start();
    const file = join(folder(), 'token');
    writeFileSync(file, 'from-file\n');
    const headers = await shown(api, api.kubeconfig({ tokenFile: file }));
    expect(headers.authorization).toBe('Bearer from-file');
  });

  test('acts as another user and groups', async () => {
    const api = await FakeApiServer.start();
    const headers = await shown(api, api.kubeconfig({ token: 't', as: 'alice', 'as-groups': ['devs', 'ops'] }));
    expect(headers['impersonate-user']).toBe('alice');
    expect(headers['impersonate-group']).toBe('devs, ops');
  });

  test('asks an exec plugin', async () => {
    const api = await FakeApiServer.start();
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'executed' },
    };
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`],
    };
    expect((await shown(api, api.kubeconfig({ exec }))).authorization).toBe('Bearer executed');
  });

  test('an exec plugin that hangs holds nobody up for ever', async () => {
    const api = await FakeApiServer.start();
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['20'] };
    const client = new ApiClient(kubeconfigCredentials(api.kubeconfig({ exec })));
    await expect(client.json({ path: '/x', timeoutMs: 200 })).rejects.toThrow('no credentials within 0.2 s');
  });

  test('shows a client certificate, and a renewed one from then on', async () => {
    const authority = await makeAuthority('clients');
    const serverCertificate = await issue(authority, { name: 'server' });
    const seen: string[] = [];
    const server = createServer(
      { ...serverCertificate, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        if (request.socket instanceof TLSSocket) seen.push(String(request.socket.getPeerCertificate().subject.CN));
        response.end('{}');
      },
    );
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const where = folder();
    const write = async (name: string): Promise<void> => {
      const { cert, key } = await issue(authority, { name, usage: 'clientAuth' });
      writeFileSync(join(where, 'client.crt'), cert);
      writeFileSync(join(where, 'client.key'), key);
    };
    await write('client-1');
    writeFileSync(join(where, 'ca.crt'), authority.cert);
    writeFileSync(
      join(where, 'config'),
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': 'ca.crt' } }],
        users: [{ name: 'u', user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    const client = new ApiClient(kubeconfigCredentials(join(where, 'config')));
    await client.json({ path: '/', timeoutMs: 5000 });
    await client.json({ path: '/', timeoutMs: 5000 });
    await write('client-2');
    await client.json({ path: '/', timeoutMs: 5000 });
    expect(seen).toEqual(['client-1', 'client-1', 'client-2']);
  });

  test('is read again once it was refused', async () => {
    const api = await FakeApiServer.start();
    const file = api.kubeconfig({ token: 'old' });
    const client = new ApiClient(kubeconfigCredentials(file));
    api.instead((asked) => asked.headers.authorization !== 'Bearer new', fails(401, 'Unauthorized'));
    await expect(client.json({ path: PATHS.namespaces, timeoutMs: 5000 })).rejects.toThrow('401 Unauthorized');
    writeFileSync(file, 'half writ');
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 6000);
    onTestFinished(() => clock.mockRestore());
    await expect(client.json({ path: PATHS.namespaces, timeoutMs: 5000 })).rejects.toThrow('401');
    copyFileSync(api.kubeconfig({ token: 'new' }), file);
    clock.mockImplementation(() => now + 12_000);
    await expect(client.json({ path: PATHS.namespaces, timeoutMs: 5000 })).resolves.toBeDefined();
  });

  test.each<[string, JsonObject | string, string]>([
    ['no YAML', '{', 'kubeconfig: '],
    ['something else', { kind: 'Pod' }, 'kubeconfig: it holds no contexts (expected a kubeconfig)'],
    [
      'no context chosen',
      { contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }] },
      'no current-context (expected one of its contexts: "a")',
    ],
    [
      'a context that is not there',
      { contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }], 'current-context': 'b' },
      'current-context is "b", which is not there (expected one of its contexts: "a")',
    ],
    [
      'no such cluster',
      { contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }], 'current-context': 'a' },
      'context "a": there is no cluster "c"',
    ],
    [
      'no such user',
      {
        clusters: [{ name: 'c', cluster: { server: 'https://x' } }],
        contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'a',
      },
      'context "a": there is no user "u"',
    ],
    [
      'a server without TLS',
      {
        clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:8001', 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'a',
      },
      'context "a": the server is "http://127.0.0.1:8001" (expected https://...)',
    ],
    [
      'a CA that is none',
      {
        clusters: [{ name: 'c', cluster: { server: 'https://x', 'certificate-authority-data': 'aGVsbG8=' } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'a',
      },
      'its certificates cannot be used: ',
    ],
    [
      'a key that is not there',
      {
        clusters: [{ name: 'c', cluster: { server: 'https://x' } }],
        users: [{ name: 'u', user: { 'client-key': '/nowhere/key' } }],
        contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'a',
      },
      "ENOENT: no such file or directory, open '/nowhere/key'",
    ],
  ])('%s: refused, with the file and what is wrong', (_, content, expected) => {
    const file = join(folder(), 'kubeconfig');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    expect(() => kubeconfigCredentials(file)).toThrow(ClusterError);
    expect(() => kubeconfigCredentials(file)).toThrow(expected);
    expect(() => kubeconfigCredentials(file)).toThrow(file);
  });
});

interface Pod {
  readonly api: FakeApiServer;
  readonly environment: Readonly<Record<string, string>>;
  readonly where: string;
}

async function pod(): Promise<Pod> {
  const api = await FakeApiServer.start();
  const { hostname, port } = new URL(api.url);
  const where = folder();
  writeFileSync(join(where, 'token'), 'first\n');
  writeFileSync(join(where, 'ca.crt'), api.ca);
  return { api, environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }, where };
}

describe('in a pod', () => {
  test('the service account is shown, and its token read again', async () => {
    const { api, environment, where } = await pod();
    expect(isInCluster(environment, where)).toBe(true);
    const client = new ApiClient(inClusterCredentials(environment, where));
    expect(client.server).toBe(api.url);
    await client.json({ path: PATHS.namespaces, timeoutMs: 5000 });
    writeFileSync(join(where, 'token'), 'second');
    await client.json({ path: PATHS.namespaces, timeoutMs: 5000 });
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 11_000);
    onTestFinished(() => clock.mockRestore());
    await client.json({ path: PATHS.namespaces, timeoutMs: 5000 });
    expect(api.asked.map((asked) => asked.headers.authorization)).toEqual([
      'Bearer first',
      'Bearer first',
      'Bearer second',
    ]);
  });

  test('a token that is refused is read again at once', async () => {
    const { api, environment, where } = await pod();
    const client = new ApiClient(inClusterCredentials(environment, where));
    api.instead((asked) => asked.headers.authorization === 'Bearer first', fails(401, 'Unauthorized'));
    await expect(client.json({ path: PATHS.namespaces, timeoutMs: 5000 })).rejects.toThrow('401');
    writeFileSync(join(where, 'token'), 'second');
    await expect(client.json({ path: PATHS.namespaces, timeoutMs: 5000 })).resolves.toBeDefined();
  });

  test('an address of IPv6 gets its brackets', async () => {
    const { environment, where } = await pod();
    const credentials = inClusterCredentials({ ...environment, KUBERNETES_SERVICE_HOST: 'fd00::1' }, where);
    expect(credentials.server.hostname).toBe('[fd00::1]');
  });

  test('an API server with another certificate is not believed', async () => {
    const { environment, where } = await pod();
    writeFileSync(join(where, 'ca.crt'), (await makeAuthority('other')).cert);
    const client = new ApiClient(inClusterCredentials(environment, where));
    await expect(client.json({ path: '/', timeoutMs: 5000 })).rejects.toThrow(/certificate/);
  });

  test('without a token it is as good as outside', async () => {
    const { environment, where } = await pod();
    rmSync(join(where, 'token'));
    expect(isInCluster(environment, where)).toBe(false);
    expect(isInCluster({}, where)).toBe(false);
    expect(() => inClusterCredentials(environment, where)).toThrow(
      `cannot read ${join(where, 'token')} (expected the token of a service account; is automountServiceAccountToken false?)`,
    );
    expect(() => inClusterCredentials({}, where)).toThrow(
      'not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set',
    );
  });
});
