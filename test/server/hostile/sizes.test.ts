// Much of everything. What a cluster can send is answered; what only an attacker would send costs little more than its
// bytes.
import { describe, expect, test } from 'vitest';
import { isJsonObject, ownField } from '../../../src/model/json.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { inLongTests } from '../../support/long-tests.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { type ReviewParts, reviewText } from '../../support/review-text.ts';

const server = hostileServer();
const MB = 1_000_000;
const BODY_LIMIT = 8 * 1024 * 1024;

/** As many of them as fit into so many bytes, separated by commas. */
function filling(bytes: number, make: (index: number) => string): string {
  const parts: string[] = [];
  for (let written = 0; written < bytes; written += (parts.at(-1) ?? '').length + 1) parts.push(make(parts.length));
  return parts.join(',');
}

function containers(count: number): string {
  const ports = '"ports":[{"containerPort":80,"protocol":"TCP"}],"terminationMessagePath":"/dev/termination-log"';
  return Array.from({ length: count }, (_, i) => `{"name":"c${i}","image":"registry.example/app:${i}",${ports}}`).join(
    ',',
  );
}

describe('what a cluster can send', () => {
  test('a pod of 2,000 containers is answered', async () => {
    const text = reviewText({ spec: `{"containers":[${containers(2000)}],"hostNetwork":true}` });
    const mutated = await server.review('mutate', text);
    // One for each container, and those of the pod.
    expect(mutated.operations).toBeGreaterThan(2000);
    const validated = await server.review('validate', text);
    expect(validated.result).toBe('denied');
    const causes = ownField(ownField(validated.status, 'details'), 'causes');
    expect(causes).toHaveLength(100);
    const filled = reviewText({ spec: JSON.stringify(ownField(mutated.object, 'spec')) });
    expect((await server.review('mutate', filled)).operations).toBe(0);
  });

  test('600 KB of annotations', async () => {
    const annotations = filling(600_000, (index) => `"example.com/${index}":"${'v'.repeat(100)}"`);
    for (const kind of ['Pod', 'Sandbox'] as const) {
      const text = reviewText({
        kind,
        metadata: `{"annotations":{${annotations}}}`,
        spec: `{"containers":[${containers(1)}]}`,
      });
      const mutated = await server.review('mutate', text);
      expect(mutated.operations).toBeGreaterThan(0);
      expect(mutated.operations).toBeLessThan(10);
      await server.review('validate', text);
    }
  });

  test('an object and an old one of 1.5 MB each', async () => {
    const env = filling(1.5 * MB, (index) => `{"name":"V${index}","value":"${'v'.repeat(200)}"}`);
    const spec = (image: string): string =>
      `{"containers":[{"name":"a","image":"${image}","env":[${env}]}],"hostPID":true}`;
    for (const kind of ['Pod', 'Sandbox'] as const) {
      const changed = reviewText({ kind, spec: spec('new'), oldSpec: spec('old') });
      expect(changed.length).toBeGreaterThan(3 * MB);
      // What a pod violates already does not count against an image; a Sandbox should have been filled in.
      expect((await server.review('validate', changed)).result).toBe(kind === 'Pod' ? 'allowed' : 'denied');
      await server.review('mutate', changed);
      const unchanged = reviewText({ kind, spec: spec('old'), oldSpec: spec('old') });
      expect((await server.review('validate', unchanged)).result).toBe('allowed');
    }
  });
});

/** Nearly all that a body can hold; elsewhere enough for more entries than can be judged. */
const MOST = inLongTests(BODY_LIMIT - 10_000, 1.5 * MB);

/** Each is made when its turn comes: all at once they would be 130 MB. */
const HEAPS: readonly (readonly [string, () => ReviewParts])[] = [
  ['empty containers', () => ({ spec: `{"containers":[${filling(MOST, () => '{}')}]}` })],
  [
    'privileged ones',
    () => ({ spec: `{"containers":[${filling(MOST, () => '{"securityContext":{"privileged":true}}')}]}` }),
  ],
  ['numbers for containers', () => ({ spec: `{"containers":[${filling(MOST, () => '1')}]}` })],
  [
    'containers of a megabyte each',
    () => ({ spec: `{"containers":[${filling(inLongTests(6, 2) * MB, () => `{"name":"${'x'.repeat(MB)}"}`)}]}` }),
  ],
  [
    'capabilities',
    () => ({
      spec: `{"containers":[{"securityContext":{"capabilities":{"add":[${filling(MOST, (i) => `"${i.toString(36)}"`)}]}}}]}`,
    }),
  ],
  [
    'capabilities in many containers',
    () => ({
      spec: `{"containers":[${filling(MOST, (i) => `{"securityContext":{"capabilities":{"add":["${i}","${i}a","${i}b"]}}}`)}]}`,
    }),
  ],
  ['ports', () => ({ spec: `{"containers":[{"ports":[${filling(MOST, (i) => `{"hostPort":${i}}`)}]}]}` })],
  ['volumes', () => ({ spec: `{"containers":[],"volumes":[${filling(MOST, () => '{"hostPath":{}}')}]}` })],
  ['fields of a volume', () => ({ spec: `{"containers":[],"volumes":[{${filling(MOST, (i) => `"${i}":null`)}}]}` })],
  [
    'sysctls',
    () => ({ spec: `{"containers":[],"securityContext":{"sysctls":[${filling(MOST, (i) => `{"name":"${i}"}`)}]}}` }),
  ],
  ['groups', () => ({ spec: `{"containers":[],"securityContext":{"supplementalGroups":[${filling(MOST, String)}]}}` })],
  [
    'AppArmor annotations',
    () => ({
      metadata: `{"annotations":{${filling(MOST, (i) => `"container.apparmor.security.beta.kubernetes.io/${i}":"x"`)}}}`,
    }),
  ],
  ['labels', () => ({ metadata: `{"labels":{${filling(MOST, (i) => `"${i}":"x"`)}}}` })],
  // Three of them are as many as an API server takes. Each is looked at, and turned into text, before there is a policy.
  [
    'labels that are numbers',
    () => ({ metadata: `{"labels":{${filling(inLongTests(3, 1) * MB, (i) => `"${i.toString(36)}":1`)}}}` }),
  ],
  ['environment', () => ({ spec: `{"containers":[{"name":"a","env":[${filling(MOST, () => '{}')}]}]}` })],
  ['groups of the user', () => ({ inRequest: `"userInfo":{"groups":[${filling(MOST, () => '"g"')}]},` })],
];

describe('megabytes of', () => {
  test.each(HEAPS)('megabytes of this are answered in time: %s', async (_, parts) => {
    const text = reviewText({ kind: 'Sandbox', ...parts() });
    const mutated = await server.review('mutate', text);
    expect(mutated.operations).toBeLessThan(100);
    await server.review('validate', text);
    const durations = server.lines.slice(-2).map((line) => Number(ownField(line, 'durationMs')));
    // JSON.parse alone takes up to a half of a second of it.
    expect(Math.max(...durations)).toBeLessThan(6000);
  });

  test('more entries than can be judged, in words', async () => {
    const text = reviewText({ kind: 'Sandbox', spec: `{"containers":[${filling(100_000, () => '{}')}]}` });
    const limit =
      'must be smaller: no more than 20000 labels, annotations, containers, volumes and entries of their lists';
    expect((await server.review('mutate', text)).warnings).toEqual([`left as it is: spec.podTemplate ${limit}`]);
    expect((await server.review('validate', text)).message).toContain(`template too large (spec.podTemplate ${limit})`);
  });

  test('as many containers as can be judged are judged', async () => {
    const text = reviewText({ spec: `{"containers":[${'{},'.repeat(19_999)}{}]}` });
    expect((await server.review('mutate', text)).operations).toBeGreaterThan(19_999);
    expect((await server.review('validate', text)).message).toContain('allowPrivilegeEscalation');
  });
});

describe('more than a body may have', () => {
  const TOO_LARGE = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'the body is larger than 8388608 bytes',
    code: 413,
  };

  test('a body that is announced as too large is refused before it is read', async () => {
    const connection = await RawConnection.tls(server.url);
    connection.write(
      'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n{',
    );
    const answer = await connection.next();
    expect(answer).toMatchObject({ status: 413 });
    expect(JSON.parse(answer.text)).toEqual(TOO_LARGE);
    await connection.close();
  });

  test('without saying so: refused where it exceeds', async () => {
    const connection = await RawConnection.tls(server.url);
    connection.write(
      'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const answered = connection.next();
    for (let sent = 0; connection.isOpen && sent <= BODY_LIMIT; sent += 65_536) {
      connection.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const answer = await answered;
    expect([answer.status, JSON.parse(answer.text)]).toEqual([413, TOO_LARGE]);
    await connection.close();
  });

  test('a byte too many, and one less', async () => {
    const review = reviewText({});
    const padding = (bytes: number): string => review + ' '.repeat(bytes - review.length);
    expect((await server.send('/validate', padding(BODY_LIMIT))).status).toBe(200);
    expect(await server.send('/validate', padding(BODY_LIMIT + 1))).toMatchObject({ status: 413, body: TOO_LARGE });
  });

  test('a chunked body within the limit is read', async () => {
    const connection = await RawConnection.tls(server.url);
    const review = Buffer.from(reviewText({}));
    connection.write(
      'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    for (const byte of review) connection.write(`1\r\n${String.fromCharCode(byte)}\r\n`);
    connection.write('0\r\n\r\n');
    const answer = await connection.next();
    const reply: unknown = JSON.parse(answer.text);
    expect(isJsonObject(reply) && answer.status).toBe(200);
    await connection.close();
  });
});
