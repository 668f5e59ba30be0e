// New certificates while the server runs: used where they can be, and no request is ever the worse for it.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecureContextOptions } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../../src/observe/log.ts';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import { startServer } from '../../../src/server/listen.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { type ReloadTiming, reloadCertificates } from '../../../src/server/tls/certificate-reload.ts';
import { serverTlsOptions } from '../../../src/server/tls/tls-options.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import {
  makeFolder,
  nameServed,
  type ReloadingServer,
  startReloading,
  writePair,
} from '../../support/reloading-server.ts';
import { TlsClient } from '../../support/tls-client.ts';

let authority: Certificate;
let first: Certificate;
let second: Certificate;
beforeAll(async () => {
  authority = await makeAuthority('ca');
  [first, second] = await Promise.all([issue(authority, { name: 'first' }), issue(authority, { name: 'second' })]);
});

/** A folder with the first certificate, and a server that was started with it. */
async function startWithFirst(
  timing: Partial<ReloadTiming> = {},
): Promise<ReloadingServer & { readonly folder: string }> {
  const folder = await makeFolder();
  await writePair(folder, first);
  return { ...(await startReloading(folder, { timing })), folder };
}

/** More than enough for several polls and for the end of any patience. */
const LONG_MS = 300;

test('a new pair is served once it is written', async () => {
  const { folder, url, lines, served, faults, current } = await startWithFirst();
  expect(await nameServed(url)).toBe('first');
  await writePair(folder, second);
  await expect.poll(() => nameServed(url)).toBe('second');
  await sleep(LONG_MS);
  expect(lines).toMatchObject([
    {
      level: 'info',
      msg: 'certificate reloaded',
      changed: ['certificate'],
      names: ['second', '127.0.0.1', 'localhost'],
    },
  ]);
  expect(served).toHaveLength(1);
  expect(served[0]?.notAfter).toEqual(current().notAfter);
  expect(current().names[0]).toBe('second');
  expect(faults).toEqual([]);
});

describe('where others have to be told of a certificate first', () => {
  test('it is served once they are', async () => {
    const folder = await makeFolder();
    await writePair(folder, first);
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    const { url } = await startReloading(folder, { prepare: () => told });
    await writePair(folder, second);
    await sleep(LONG_MS);
    expect(await nameServed(url)).toBe('first');
    tell();
    await expect.poll(() => nameServed(url)).toBe('second');
  });

  test('the one before is served where they cannot be, and the reason is told once', async () => {
    const folder = await makeFolder();
    await writePair(folder, first);
    let problem: string | undefined = 'nobody listens';
    const prepare = async (): Promise<void> => {
      if (problem !== undefined) throw new Error(problem);
    };
    const { url, lines, faults } = await startReloading(folder, { prepare });
    await writePair(folder, second);
    await expect.poll(() => faults).toEqual(['nobody listens']);
    await sleep(LONG_MS);
    expect(lines).toMatchObject([{ msg: 'certificate not reloaded', problem: 'nobody listens' }]);
    expect(await nameServed(url)).toBe('first');
    problem = undefined;
    await expect.poll(() => nameServed(url)).toBe('second');
  });

  test('one that has expired is not worth waiting for', async () => {
    const folder = await makeFolder();
    const soon = new Date(Date.now() + 1500);
    await writePair(folder, await issue(authority, { name: 'first', notAfter: soon }));
    const { url } = await startReloading(folder, { prepare: () => Promise.reject(new Error('nobody listens')) });
    await writePair(folder, second);
    await expect.poll(() => nameServed(url), { timeout: 10_000 }).toBe('second');
    expect(Date.now()).toBeGreaterThan(soon.getTime() - 1000);
  });
});

function cert(folder: string, text: string): Promise<void> {
  return writeFile(join(folder, 'tls.crt'), text);
}

function key(folder: string, text: string): Promise<void> {
  return writeFile(join(folder, 'tls.key'), text);
}

test('a chain that is still being written is waited for', async () => {
  const { folder, lines, url } = await startWithFirst({ pollMs: 60_000, settleMs: 500 });
  await writePair(folder, second);
  // After it was read for the first time, and before the second.
  await sleep(750);
  await writeFile(join(folder, 'tls.crt'), second.cert + authority.cert);
  await expect.poll(() => nameServed(url)).toBe('second');
  expect(lines).toMatchObject([{ msg: 'certificate reloaded' }]);
  await sleep(750);
  expect(lines).toHaveLength(1);
});

test('a swap is made with every option the server was started with', async () => {
  const folder = await makeFolder();
  const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  await writePair(folder, second);
  const { promise: swapped, resolve: setSecureContext } = Promise.withResolvers<SecureContextOptions>();
  const options = {
    files,
    material: first,
    log: createLog('silent', { write: () => {} }),
    timing: { pollMs: 10, settleMs: 10 },
  };
  const reload = reloadCertificates({ setSecureContext }, options);
  const given = await swapped;
  reload.stop();
  expect(given).toMatchObject(second);
  expect({ ...given, ...first }).toEqual(serverTlsOptions(first));
});

describe('what cannot be used', () => {
  const minute = 60_000;
  const cases: [string, RegExp, (folder: string) => Promise<unknown>][] = [
    ['an empty certificate', /tls\.crt: expected a PEM certificate \(the file is empty\)$/, (f) => cert(f, '')],
    ['an empty key', /tls\.key: expected a PEM private key \(the file is empty\)$/, (f) => key(f, '\n')],
    ['a truncated certificate', /tls\.crt: expected a PEM cert.*\(no cert/, (f) => cert(f, second.cert.slice(0, 300))],
    ['a truncated key', /tls\.key: expected a PEM private key \(/, (f) => key(f, second.key.slice(0, 100))],
    [
      'a chain that is cut off',
      /tls\.crt: expected a PEM certificate \(a certificate in it is cut off\)$/,
      (f) => cert(f, first.cert + authority.cert.slice(0, 300)),
    ],
    ['garbage', /tls\.crt: expected a PEM certificate \(no certificate begins/, (f) => cert(f, '\0\xff\x80')],
    ["another certificate's key", /tls\.key: the key does not belong to the certificate in/, (f) => key(f, second.key)],
    [
      'an expired certificate',
      /tls\.crt: the certificate expired on /,
      async (f) => writePair(f, await issue(authority, { name: 'old', notAfter: new Date(Date.now() - minute) })),
    ],
    [
      'one that is not valid yet',
      /tls\.crt: the certificate is not valid before /,
      async (f) => writePair(f, await issue(authority, { name: 'new', notBefore: new Date(Date.now() + minute) })),
    ],
    ['a file that is gone', /tls\.key: cannot be read \(ENOENT/, (f) => rm(join(f, 'tls.key'))],
    [
      'a folder in its place',
      /tls\.key: cannot be read \(EISDIR/,
      async (f) => {
        await rm(join(f, 'tls.key'));
        await mkdir(join(f, 'tls.key'));
      },
    ],
  ];

  test.each(cases)('the certificate from before is served while there is %s', async (_, problem, spoil) => {
    const { folder, url, lines, faults, served } = await startWithFirst();
    await spoil(folder);
    await expect.poll(() => faults.length).toBe(1);
    await sleep(LONG_MS);
    expect(await nameServed(url)).toBe('first');
    expect(faults).toEqual([expect.stringMatching(problem)]);
    expect(lines).toMatchObject([
      {
        level: 'error',
        msg: 'certificate not reloaded',
        problem: faults[0],
        serving: { names: ['first', '127.0.0.1', 'localhost'] },
      },
    ]);
    await rm(join(folder, 'tls.key'), { recursive: true, force: true });
    await writePair(folder, second);
    await expect.poll(() => nameServed(url)).toBe('second');
    expect(served).toHaveLength(1);
    expect(lines.slice(1)).toMatchObject([{ level: 'info', msg: 'certificate reloaded' }]);
  });
});

describe('what is said', () => {
  test('nothing of a pair that is half written, or gone for a moment', async () => {
    const { folder, url, lines } = await startWithFirst({ graceMs: 3000 });
    await writeFile(join(folder, 'tls.crt'), second.cert);
    await sleep(60);
    await rm(join(folder, 'tls.key'));
    await sleep(30);
    await writeFile(join(folder, 'tls.key'), second.key);
    await expect.poll(() => nameServed(url)).toBe('second');
    await rename(join(folder, 'tls.crt'), join(folder, 'gone'));
    await sleep(60);
    await rename(join(folder, 'gone'), join(folder, 'tls.crt'));
    await sleep(LONG_MS);
    expect(lines).toMatchObject([{ msg: 'certificate reloaded' }]);
  });

  test('each fault once, and that it is over', async () => {
    const { folder, url, lines, faults } = await startWithFirst();
    await writeFile(join(folder, 'tls.crt'), '');
    await expect.poll(() => faults.length).toBe(1);
    await writeFile(join(folder, 'tls.crt'), second.cert);
    await expect.poll(() => faults.length).toBe(2);
    await writeFile(join(folder, 'tls.crt'), first.cert);
    await expect.poll(() => lines.length).toBe(3);
    await sleep(LONG_MS);
    expect(lines.map((line) => line.msg)).toEqual([
      'certificate not reloaded',
      'certificate not reloaded',
      'certificate files can be used again',
    ]);
    expect(await nameServed(url)).toBe('first');
  });

  test('that what is served has expired, while it is served on', async () => {
    const folder = await makeFolder();
    const notAfter = new Date(Date.now() + 2000);
    await writePair(folder, await issue(authority, { name: 'brief', notAfter }));
    const { url, faults } = await startReloading(folder);
    expect(faults).toEqual([]);
    await expect.poll(() => faults).toEqual([expect.stringContaining('the certificate expired on')]);
    expect(await nameServed(url)).toBe('brief');
  });

  test('a certificate is taken when its time has come, without being written again', async () => {
    const { folder, url, faults } = await startWithFirst();
    await writePair(folder, await issue(authority, { name: 'early', notBefore: new Date(Date.now() + 2000) }));
    await expect.poll(() => faults.length).toBe(1);
    await expect.poll(() => nameServed(url)).toBe('early');
  });
});

describe('the client CA', () => {
  test('is swapped for new connections, and kept where the new one cannot be used', async () => {
    const [oldCa, newCa] = await Promise.all([makeAuthority('old clients'), makeAuthority('new clients')]);
    const known = await issue(oldCa, { name: 'kube-apiserver', usage: 'clientAuth' });
    const folder = await makeFolder();
    await writePair(folder, first);
    await writeFile(join(folder, 'ca.crt'), oldCa.cert);
    const { url, lines, faults, served } = await startReloading(folder, { clientCa: true });
    const status = async (own: Certificate, client = new TlsClient(url, authority.cert, own)): Promise<number> =>
      (await client.post('/mutate', BARE_POD)).status;
    const open = new TlsClient(url, authority.cert, known);
    expect(await status(known, open)).toBe(200);

    const expired = await makeAuthority('expired', new Date(Date.now() - 60_000));
    for (const bad of ['', 'no PEM', oldCa.cert + newCa.cert.slice(0, 200), expired.cert]) {
      const before = faults.length;
      await writeFile(join(folder, 'ca.crt'), bad);
      await expect.poll(() => faults.length).toBe(before + 1);
      expect(await status(known)).toBe(200);
    }
    expect(faults.map((fault) => fault.replace(/^.*ca\.crt: /, ''))).toEqual([
      'expected the PEM certificates of a client CA (the file is empty)',
      'expected the PEM certificates of a client CA (no certificate begins and ends in it)',
      'expected the PEM certificates of a client CA (a certificate in it is cut off)',
      'every certificate in it has expired',
    ]);

    await writeFile(join(folder, 'ca.crt'), newCa.cert);
    await expect.poll(() => served.length).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      msg: 'certificate reloaded',
      changed: ['client CA'],
      names: ['first', '127.0.0.1', 'localhost'],
    });
    expect(await status(known)).toBe(403);
    expect(await status(await issue(newCa, { name: 'kube-apiserver', usage: 'clientAuth' }))).toBe(200);
    expect(await status(known, open)).toBe(200);

    await writeFile(join(folder, 'ca.crt'), expired.cert + oldCa.cert + newCa.cert);
    await expect.poll(() => status(known)).toBe(200);
    open.close();
  });
});

test('after the end nothing is read', async () => {
  const { folder, url, served, stopReloading } = await startWithFirst();
  stopReloading();
  await writePair(folder, second);
  await sleep(LONG_MS);
  expect(await nameServed(url)).toBe('first');
  expect(served).toEqual([]);
});

test('a server that was started with files reads them again', async () => {
  const folder = await makeFolder();
  await writePair(folder, first);
  const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }'));
  const names: string[] = [];
  const faults: string[] = [];
  const server = await startServer({
    gate: () => gate,
    host: '127.0.0.1',
    port: 0,
    tls: { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') },
    certificateEvents: {
      onServe: (served) => names.push(served.names[0] ?? ''),
      onFault: (message) => faults.push(message),
    },
    reloadTiming: { pollMs: 50, settleMs: 10, graceMs: 50 },
    logLevel: 'silent',
    drainMs: 0,
    print: () => {},
  });
  expect(names).toEqual(['first']);
  await writePair(folder, second);
  await expect.poll(() => names).toEqual(['first', 'second']);
  expect(await nameServed(server.url)).toBe('second');
  await writeFile(join(folder, 'tls.key'), '');
  await expect.poll(() => faults).toHaveLength(1);
  await server.close();
});
