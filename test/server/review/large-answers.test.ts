// Answers longer than what Node takes for a connection's buffer, each followed at once by another request.
import { expect, test } from 'vitest';
import { inLongTests } from '../../support/long-tests.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { recordedReview, withRequest } from '../../support/reviews.ts';
import { serveProcess } from '../../support/served.ts';

const CONTAINERS = 1000;
const ROUNDS = inLongTests(200, 40);

test('a connection outlives them', async () => {
  const { url } = await serveProcess();
  const containers = Array.from({ length: CONTAINERS }, (_, index) => ({
    name: `c${index}`,
    image: `example.com/image:${index}`,
  }));
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'wide', namespace: 'agents' },
    spec: { containers },
  };
  const body = Buffer.from(JSON.stringify(withRequest(recordedReview('pod-create-mutate'), { object })));
  const connection = await RawConnection.tls(url);
  for (let round = 0; round < ROUNDS; round++) {
    const { status, text } = await connection.post('/mutate', body);
    expect([status, text.length > 16_384]).toEqual([200, true]);
  }
  await connection.close();
});
