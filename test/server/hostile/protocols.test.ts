// Bytes that are no HTTP/1.1 over TLS 1.2 or later, or hardly.
import { connect as connectHttp2 } from 'node:http2';
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { hostileServer } from '../../support/hostile-server.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { reviewText } from '../../support/review-text.ts';

const server = hostileServer();
const REVIEW = reviewText({});

describe('TLS', () => {
  // Node's own default would keep the client from even asking for the old ones.
  const old: ConnectionOptions = { ciphers: 'DEFAULT@SECLEVEL=0', minVersion: 'TLSv1' };

  test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused', async (maxVersion) => {
    await expect(RawConnection.tls(server.url, { ...old, maxVersion })).rejects.toThrow(/protocol version|unsupported/);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    const connection = await RawConnection.tls(server.url, { minVersion: version, maxVersion: version });
    expect((await connection.post('/mutate', REVIEW)).status).toBe(200);
    await connection.close();
  });

  test.each([
    ['plain HTTP', `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-length: ${REVIEW.length}\r\n\r\n${REVIEW}`],
    ['noise', Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256))],
    ['zeros', Buffer.alloc(70_000)],
    ['half a greeting', Buffer.from('16030100c8010000c40303', 'hex')],
    ['an alert', Buffer.from('15030300020228', 'hex')],
    ['a record that is too long', Buffer.from('160303ffff', 'hex')],
    ['the greeting of SSH', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['nothing', ''],
  ])('%s on the port', async (_, bytes) => {
    const connection = await RawConnection.plain(server.url);
    connection.write(bytes);
    // Who does not go on is not waited for here.
    await Promise.race([connection.closed, new Promise((resolve) => setTimeout(resolve, 200))]);
    await connection.close();
  });

  test('a session that is cut short while it is made', async () => {
    for (let count = 0; count < 50; count++) {
      const cut = await RawConnection.plain(server.url);
      cut.write(Buffer.from('16030100c8010000c40303', 'hex').subarray(0, count % 12));
      await cut.reset();
    }
  });
});

describe('HTTP/2', () => {
  test('is not on offer', async () => {
    const session = connectHttp2(server.url, { rejectUnauthorized: false });
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    session.on('error', reject).on('connect', () => resolve());
    await expect(promise).rejects.toThrow(/no application protocol/i);
    session.destroy();
  });

  test('both on offer: HTTP/1.1 is chosen', async () => {
    const connection = await RawConnection.tls(server.url, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(connection.socket).toMatchObject({ alpnProtocol: 'http/1.1' });
    expect((await connection.post('/mutate', REVIEW)).status).toBe(200);
    await connection.close();
  });

  test('all the same: refused', async () => {
    const connection = await RawConnection.tls(server.url);
    connection.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    connection.write(Buffer.from('000000040000000000', 'hex'));
    expect((await connection.next()).status).toBe(400);
    await connection.closed;
  });
});

const POST = 'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

describe('requests that are answered with a word of what is wrong', () => {
  test.each<[string, string, number]>([
    ['noise', '\u0001\u0002\u0003\r\n\r\n', 400],
    ['another version', 'GET /livez HTTP/3.0\r\nhost: x\r\n\r\n', 400],
    ['no host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['a header without a colon', 'GET /livez HTTP/1.1\r\nhost: x\r\nbroken\r\n\r\n', 400],
    ['a line break in a header', 'GET /livez HTTP/1.1\r\nhost: x\r\na: b\rc\r\n\r\n', 400],
    ['a header that goes on in the next line', 'GET /livez HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n\r\n', 400],
    ['100 KB of headers', `GET /livez HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(16_000)}\r\n`, 431],
    ['a header of 100 KB', `GET /livez HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(100_000)}\r\n\r\n`, 431],
    ['a path of 100 KB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
    ['two lengths', `${POST}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`, 400],
    ['a length and chunks', `${POST}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['a negative length', `${POST}content-length: -1\r\n\r\n`, 400],
    ['a length that is no number', `${POST}content-length: 1e3\r\n\r\n`, 400],
    ['a length beyond any number', `${POST}content-length: ${'9'.repeat(40)}\r\n\r\n`, 400],
    ['a chunk that is no number', `${POST}transfer-encoding: chunked\r\n\r\nxyz\r\n`, 400],
    ['a chunk beyond any number', `${POST}transfer-encoding: chunked\r\n\r\n${'f'.repeat(40)}\r\n`, 400],
    ['chunks that are zipped', `${POST}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 400],
    ['no body', `${POST}content-length: 0\r\n\r\n`, 400],
    ['neither body nor length', `${POST}\r\n`, 400],
    ['an expectation we cannot meet', `${POST}expect: tea\r\ncontent-length: 2\r\n\r\n{}`, 417],
    ['an upgrade', 'GET /mutate HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n', 404],
    ['another method', 'DELETE /mutate HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a method of WebDAV', 'PROPFIND /mutate HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['TRACE', 'TRACE /mutate HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a method that is none', 'POUR /mutate HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['a path that cannot be decoded', 'GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['a path that leads elsewhere', 'GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a path with a null', 'GET /livez%00 HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a whole URL', 'GET http://metadata.internal/ HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a key of the prototype', 'GET /__proto__?__proto__[a]=b&constructor=1 HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a path of 8 KB', `GET /${'%41'.repeat(2700)} HTTP/1.1\r\nhost: x\r\n\r\n`, 404],
  ])('a request is answered with what is wrong: %s', async (_, request, status) => {
    const connection = await RawConnection.tls(server.url);
    connection.write(request);
    const answer = await connection.next();
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text.length).toBeLessThan(1000);
    await connection.close();
  });

  test('CONNECT is not answered at all', async () => {
    const connection = await RawConnection.tls(server.url);
    connection.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
    await expect(connection.next()).rejects.toThrow(/closed|ECONNRESET/);
  });
});

describe('unusual, and fine', () => {
  const length = `content-length: ${Buffer.byteLength(REVIEW)}\r\n`;
  test.each([
    ['HTTP/0.9', 'GET /livez\r\n\r\n'],
    ['HTTP/1.0', `POST /mutate HTTP/1.0\r\ncontent-type: application/json\r\n${length}\r\n${REVIEW}`],
    ['a query', `${POST.replace('/mutate', '/mutate?timeout=10s&x=%zz')}${length}\r\n${REVIEW}`],
    ['a connection for once', `${POST}connection: close\r\n${length}\r\n${REVIEW}`],
    ['an empty line before', `\r\n\r\n${POST}${length}\r\n${REVIEW}`],
    [
      'a chunk with an extension',
      `${POST}transfer-encoding: chunked\r\n\r\n${REVIEW.length.toString(16)};a=b\r\n${REVIEW}\r\n0\r\nx: y\r\n\r\n`,
    ],
    ['a hundred headers', `${POST}${'x-a: b\r\n'.repeat(100)}${length}\r\n${REVIEW}`],
    ['an upgrade by the way', `${POST}connection: upgrade\r\nupgrade: h2c\r\n${length}\r\n${REVIEW}`],
  ])('a request is served all the same: %s', async (_, request) => {
    const connection = await RawConnection.tls(server.url);
    connection.write(request);
    expect((await connection.next()).status).toBe(200);
    await connection.close();
  });

  test('a client that asks before it sends', async () => {
    const connection = await RawConnection.tls(server.url);
    connection.write(`${POST}expect: 100-continue\r\n${length}\r\n`);
    expect((await connection.next()).status).toBe(100);
    connection.write(REVIEW);
    expect((await connection.next()).status).toBe(200);
    await connection.close();
  });
});
