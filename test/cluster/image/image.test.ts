// The image: built by buildah, run by podman, confined as in a cluster. It takes root and both programs; where they are
// missing, it says so and passes.
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isJsonObject, ownField } from '../../../src/model/json.ts';
import { VERSION } from '../../../src/model/version.ts';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { hugeReview } from '../../bench/reviews.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { nameServed } from '../../support/reloading-server.ts';
import { TlsClient } from '../../support/tls-client.ts';
import { buildImage } from './build.ts';
import { confinementOf, type RunningContainer, runImage, serveImage } from './container.ts';
import { type Engine, openEngine, whyNoImages } from './engine.ts';
import { mountSecret, type Secret } from './secret.ts';

const TLS_FILES = ['--tls-cert=/tls/tls.crt', '--tls-key=/tls/tls.key'];
/** As a pod's `fsGroup`: none that the image knows of. */
const FS_GROUP = 4321;
/** Answered, or turned away: with words, or while it was still being sent. */
const FROM_A_BURST = new Set<unknown>([200, 429, 503, 'ECONNRESET', 'EPIPE']);

const why = await whyNoImages();
if (why !== undefined) console.warn(`the image is neither built nor run: ${why}`);

describe.skipIf(why !== undefined)('the image', () => {
  let engine: Engine;
  let image: string;
  let authority: Certificate;
  beforeAll(async () => {
    engine = openEngine();
    authority = await makeAuthority('ca');
    image = await buildImage(engine, 'f00ba4');
  }, 600_000);
  afterAll(() => engine.close(), 60_000);

  function temporary(): string {
    return join(mkdtempSync(join(engine.folder, 'secret-')), 'tls');
  }

  test('says what it is and how it is run', async () => {
    const { stdout } = await engine.podman(['image', 'inspect', '--format={{json .Config}}', image]);
    expect(JSON.parse(stdout)).toMatchObject({
      User: '65532:65532',
      Entrypoint: ['/usr/local/bin/node', '/app/dist/sandgate.js'],
      Env: expect.arrayContaining([
        'NODE_OPTIONS=--max-old-space-size-percentage=50 --max-semi-space-size=8',
      ]) as unknown,
      ExposedPorts: { '8443/tcp': {}, '8080/tcp': {} },
      StopSignal: 'SIGTERM',
      Labels: {
        'org.opencontainers.image.title': 'sandgate',
        'org.opencontainers.image.version': VERSION,
        'org.opencontainers.image.revision': 'f00ba4',
      },
    });
  });

  test('holds Node, the bundle and the policies, all of it readable, none of it writable', async () => {
    const mounted = (await engine.podman(['image', 'mount', image])).stdout.trim();
    expect(readdirSync(join(mounted, 'usr/local/bin'))).toEqual(['node']);
    expect(readdirSync(join(mounted, 'app'))).toEqual(['LICENSE', 'dist', 'package.json', 'policies']);
    const entries = readdirSync(join(mounted, 'app'), { recursive: true, withFileTypes: true });
    expect(entries.map((entry) => entry.name)).not.toContain('node_modules');
    const wrong = entries
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => {
        const { mode, uid, gid } = statSync(path);
        return uid !== 0 || gid !== 0 || (mode & 0o222) !== 0 || (mode & 0o444) !== 0o444;
      });
    expect(wrong).toEqual([]);
  });

  test('is the command line, too, for any user', async () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, image: nginx}]}\n';
    const checked = await runImage(engine, image, ['check', '-p', 'restricted', '-f', '-'], { stdin: pod });
    expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining('1 denied, 0 allowed') as unknown });
    const suites = await runImage(engine, image, ['test', 'policies'], { options: ['--user=1000660000:0'] });
    expect(suites).toMatchObject({ code: 0, stdout: expect.stringContaining('passed, 0 failed') as unknown });
    const version = await runImage(engine, image, ['version'], { options: ['--user=1000660000:0'] });
    expect(version.stdout).toContain(`sandgate ${VERSION} (node v24.`);
  });

  /** The webhook, with a Secret that its group may read. */
  async function serve(): Promise<{ readonly container: RunningContainer; readonly secret: Secret }> {
    const secret = mountSecret(temporary(), await issue(authority, { name: 'first' }), FS_GROUP);
    const options = [`--volume=${secret.folder}:/tls:ro`, `--group-add=${FS_GROUP}`];
    return { container: await serveImage(engine, image, ['-p', 'agents', '--drain=0', ...TLS_FILES], options), secret };
  }

  function clientOf(container: RunningContainer): TlsClient {
    const client = new TlsClient(container.url, authority.cert);
    onTestFinished(() => client.close());
    return client;
  }

  test('answers reviews as nobody in particular, from a read-only root, and goes with 0 on SIGTERM', async () => {
    const { container, secret } = await serve();
    const client = clientOf(container);
    const mutated = await client.post('/mutate', BARE_POD);
    expect(responseOf(mutated.body)).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    const refused = await client.post('/validate', UNSAFE_POD);
    expect(responseOf(refused.body)).toMatchObject({ allowed: false, status: { code: 403 } });

    const { status, root } = confinementOf(container.pid);
    expect(status).toMatchObject({
      Uid: '65532\t65532\t65532\t65532',
      Gid: '65532\t65532\t65532\t65532',
      CapEff: '0000000000000000',
      CapBnd: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: '2',
    });
    expect(root.split(',')).toContain('ro');

    secret.replace(await issue(authority, { name: 'second' }));
    await vi.waitFor(async () => expect(await nameServed(container.url)).toBe('second'), { timeout: 30_000 });
    expect((await client.post('/mutate', BARE_POD)).status).toBe(200);

    expect(await container.terminate()).toBe(0);
  });

  test.each([
    ['a long text', enlarged(1_000_000)],
    ['hundreds of containers', hugeReview()],
  ])('lives through many large reviews at a time with little memory: %s', async (_, large) => {
    const { container } = await serve();
    const burst = clientOf(container);
    const outcomes: readonly unknown[] = await Promise.all(
      Array.from({ length: 200 }, () =>
        burst.post('/mutate', large).then(
          (answer) => answer.status,
          (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => !FROM_A_BURST.has(outcome))).toEqual([]);
    expect(outcomes).toContain(200);
    expect((await clientOf(container).post('/mutate', BARE_POD)).status).toBe(200);
    expect(await container.terminate()).toBe(0);
  });

  test('names the file of a Secret that it may not read, and exits with 2', async () => {
    const secret = mountSecret(temporary(), await issue(authority, { name: 'first' }), 0, 0o400);
    const options = [`--volume=${secret.folder}:/tls:ro`];
    const { code, stderr } = await runImage(engine, image, ['serve', '-p', 'restricted', ...TLS_FILES], { options });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/\/tls\/tls\.(crt|key): .*denied/) as unknown,
    });
  });
});

function responseOf(review: unknown): unknown {
  return ownField(review, 'response');
}

function enlarged(bytes: number): unknown {
  const request = ownField(BARE_POD, 'request');
  const object = ownField(request, 'object');
  if (!isJsonObject(request) || !isJsonObject(object)) throw new Error('the example is no review');
  const metadata = { name: 'large', annotations: { text: 'x'.repeat(bytes) } };
  return { ...BARE_POD, request: { ...request, object: { ...object, metadata } } };
}
