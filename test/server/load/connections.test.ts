import { createServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { makeDevelopment } from '../../../src/server/development/development.ts';
import { mostConnections, watchConnections } from '../../../src/server/load/connections.ts';
import { RawConnection } from '../../support/raw-connection.ts';

async function start(most: number): Promise<string> {
  const development = await makeDevelopment('127.0.0.1');
  development.remove();
  const server = createServer(development.certificate, (_request, response) => response.end('ok'));
  const connections = watchConnections(server, most);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    connections.closeAll();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
  return `https://127.0.0.1:${address.port}`;
}

test('one too many takes the place of one that was never used, or else of the one used longest ago', async () => {
  const url = await start(3);
  const [first, second, unused] = [
    await RawConnection.tls(url),
    await RawConnection.tls(url),
    await RawConnection.tls(url),
  ];
  await first.post('/', '');
  await second.post('/', '');
  await first.post('/', '');
  await expect(RawConnection.tls(url)).rejects.toThrow(/closed|ECONNRESET|disconnected/);
  await sleep(1100);

  const third = await RawConnection.tls(url);
  await unused.closed;
  expect((await third.post('/', '')).status).toBe(200);
  const fourth = await RawConnection.tls(url);
  await second.closed;
  expect((await fourth.post('/', '')).status).toBe(200);
  expect((await first.post('/', '')).status).toBe(200);
});

test('a quarter of the memory there is may be taken by connections', () => {
  expect(mostConnections(256 * 1024 * 1024)).toBe(1024);
  expect(mostConnections(0)).toBe(8192);
  expect(mostConnections(2 ** 64)).toBe(8192);
});
