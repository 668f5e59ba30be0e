// All addresses of the machine: whichever of IPv4 and IPv6 it has.
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { anyAddress } from '../../src/server/any-address.ts';
import { startServer } from '../../src/server/listen.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { RawConnection } from '../support/raw-connection.ts';

const GATE = gateOf(policyYaml('p', 'podSecurity: { level: baseline }'));
const PROBE = 'GET /livez HTTP/1.1\r\nhost: sandgate\r\n\r\n';

test('is every loopback address there is, and is said to be more than one', async () => {
  const printed: string[] = [];
  const server = await startServer({
    gate: () => GATE,
    host: await anyAddress(),
    port: 0,
    tls: 'development',
    logLevel: 'silent',
    drainMs: 0,
    print: (line) => void printed.push(line),
  });
  onTestFinished(() => server.close());
  expect(printed[0]).toBe(
    `sandgate: listening on https://127.0.0.1:${server.port} with 1 policy, and on every other address`,
  );
  const loopbacks = Object.values(networkInterfaces()).flatMap((own = []) => own.filter(({ internal }) => internal));
  expect(loopbacks.map(({ address }) => address)).toContain('127.0.0.1');
  for (const { address, family } of loopbacks) {
    const url = `https://${family === 'IPv6' ? `[${address}]` : address}:${server.port}`;
    const connection = await RawConnection.tls(url);
    onTestFinished(() => connection.close());
    connection.write(PROBE);
    expect(await connection.next()).toMatchObject({ status: 200 });
  }
});
