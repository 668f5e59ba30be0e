// Certificates that are swapped by links, as Kubernetes does it: again and again, while the server is busy.
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { inLongTests } from '../../support/long-tests.ts';
import { makeFolder, nameServed, relink, startReloading, writePair } from '../../support/reloading-server.ts';
import { TlsClient } from '../../support/tls-client.ts';

/** Between two reviews of one client: a thousand reviews a second or more keep the server busy and leave the swaps a share. */
const PAUSE_MS = 5;

/** An even number. */
const SWAPS = inLongTests(100, 10);

let authority: Certificate;
let first: Certificate;
let second: Certificate;
beforeAll(async () => {
  authority = await makeAuthority('ca');
  [first, second] = await Promise.all([issue(authority, { name: 'first' }), issue(authority, { name: 'second' })]);
});

/** Both pairs in folders of their own, and `tls.crt` and `tls.key` by way of `..data`, as the kubelet writes a Secret. */
async function makeKubernetesFolder(): Promise<string> {
  const folder = await makeFolder();
  for (const [name, pair] of Object.entries({ first, second })) {
    await mkdir(join(folder, `..2026_${name}`));
    await writePair(join(folder, `..2026_${name}`), pair);
  }
  await symlink('..2026_first', join(folder, '..data'));
  await symlink('..data/tls.crt', join(folder, 'tls.crt'));
  await symlink('..data/tls.key', join(folder, 'tls.key'));
  return folder;
}

test(`${SWAPS} swaps under load: no request fails, no connection is lost, and every certificate is seen`, async () => {
  const folder = await makeKubernetesFolder();
  const { url, served, faults } = await startReloading(folder);
  const load = new AbortController();
  const outcomes: Record<string, number> = {};

  async function review(client: TlsClient): Promise<number | undefined> {
    const { status, port } = await client.post('/mutate', BARE_POD).then(
      (answer) => ({ status: `${answer.status}`, port: answer.localPort }),
      (error: unknown) => ({ status: String(error), port: undefined }),
    );
    outcomes[status] = (outcomes[status] ?? 0) + 1;
    return port;
  }
  /** One connection for as long as it goes; returns how many it took. */
  async function stay(): Promise<number> {
    const client = new TlsClient(url, authority.cert);
    const ports = new Set<number | undefined>();
    while (!load.signal.aborted) {
      ports.add(await review(client));
      await sleep(PAUSE_MS);
    }
    client.close();
    return ports.size;
  }
  async function comeAndGo(): Promise<number> {
    let visits = 0;
    for (; !load.signal.aborted; visits++) {
      const client = new TlsClient(url, authority.cert);
      await review(client);
      client.close();
      await sleep(PAUSE_MS);
    }
    return visits;
  }
  const staying = Promise.all(Array.from({ length: 20 }, stay));
  const passing = comeAndGo();

  const seen: string[] = [];
  for (let swap = 1; swap <= SWAPS; swap++) {
    await relink(swap % 2 === 1 ? '..2026_second' : '..2026_first', join(folder, '..data'));
    await expect.poll(() => served.length, { interval: 5 }).toBe(swap);
    seen.push(await nameServed(url));
  }
  load.abort();
  const [connections, visits] = await Promise.all([staying, passing]);
  expect(seen).toEqual(Array.from({ length: SWAPS / 2 }, () => ['second', 'first']).flat());
  expect(Object.keys(outcomes)).toEqual(['200']);
  expect(outcomes['200']).toBeGreaterThan(10 * SWAPS);
  expect(visits).toBeGreaterThan(SWAPS / 2);
  expect(connections).toEqual(Array.from({ length: 20 }, () => 1));
  expect(faults).toEqual([]);
});

describe('links', () => {
  test('links are followed as Kubernetes swaps them, by the event', async () => {
    const folder = await makeKubernetesFolder();
    const { url, lines } = await startReloading(folder, { timing: { pollMs: 60_000 } });
    await relink('..2026_second', join(folder, '..data'));
    await rm(join(folder, '..2026_first'), { recursive: true });
    await expect.poll(() => nameServed(url)).toBe('second');
    expect(lines).toMatchObject([{ msg: 'certificate reloaded' }]);
  });

  test('a swap of the whole folder is noticed where no event comes', async () => {
    const folder = await makeFolder();
    for (const [name, pair] of Object.entries({ a: first, b: second })) {
      await mkdir(join(folder, name));
      await writePair(join(folder, name), pair);
    }
    await symlink('a', join(folder, 'tls'));
    const { url } = await startReloading(join(folder, 'tls'));
    await relink('b', join(folder, 'tls'));
    await expect.poll(() => nameServed(url)).toBe('second');
  });
});
