// The address that stands for all addresses of this machine.
import { createServer } from 'node:net';

/** All IPv6 addresses, and the IPv4 ones as well. */
export const ANY_ADDRESS = '::';
const ANY_IPV4_ADDRESS = '0.0.0.0';

/** `::`, which takes IPv4 as well; `0.0.0.0` on a machine that has no IPv6 at all. Some clusters have nothing but IPv6. */
export async function anyAddress(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const trial = createServer();
  trial.once('error', () => resolve(ANY_IPV4_ADDRESS));
  trial.listen({ host: ANY_ADDRESS, port: 0 }, () => trial.close(() => resolve(ANY_ADDRESS)));
  return promise;
}

/** True for the wildcard address of IPv6 or of IPv4. */
export function isAnyAddress(host: string): boolean {
  return host === ANY_ADDRESS || host === ANY_IPV4_ADDRESS;
}
