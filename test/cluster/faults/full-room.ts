// All the room that Sandgate has for requests, taken by requests that announce large bodies and never send them: until they
// have been arriving for a second, nobody is let in beside them.
import { defaultLimits } from '../../../src/server/load/overload.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import type { Instance } from './instance.ts';

/** The longest body it reads, which is what each of them announces. */
const ANNOUNCED = 8 * 1024 * 1024;

/** Takes it while `work` is done, which is told by whom. */
export async function withRoomTaken<T>(
  sandgate: Instance,
  work: (takers: readonly RawConnection[]) => Promise<T>,
): Promise<T> {
  // The process may use as much memory as this one.
  const count = Math.floor(defaultLimits().bytes / ANNOUNCED);
  const connections = await Promise.all(Array.from({ length: count }, () => RawConnection.tls(sandgate.url)));
  try {
    const head = `POST /mutate HTTP/1.1\r\nhost: sandgate\r\ncontent-type: application/json\r\n`;
    for (const connection of connections) connection.write(`${head}content-length: ${ANNOUNCED}\r\n\r\n{`);
    const isTaken = async (): Promise<boolean> => (await sandgate.total('sandgate_reviews_in_flight')) >= count;
    await waitFor(isTaken, { within: 10_000, what: 'all room is taken' });
    return await work(connections);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}
