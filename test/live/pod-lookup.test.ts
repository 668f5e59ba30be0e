// The pod that somebody connects to is looked up for each review, in bounded time, and for no other request.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { Subject } from '../../src/model/subject.ts';
import { policyYaml, subjectOf } from '../support/gate.ts';
import { type Asked, type Fault, fails, sendJson } from './fake-api-server.ts';
import { followed } from './followed.ts';

const PATH = '/api/v1/namespaces/agents/pods/web';
const DOORS = policyYaml('doors', 'connect: { exec: { users: [jane] }, attach: Deny, ephemeralContainers: Deny }');
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'agents' },
  spec: { containers: [{ name: 'a' }] },
};
/** Longer than a look-up may take, and less than the webhook is given. */
const PATIENCE_MS = 4000;

function exec(overrides: Partial<Subject> = {}): Subject {
  return subjectOf(
    { apiVersion: 'v1', kind: 'PodExecOptions' },
    {
      operation: 'CONNECT',
      resource: 'pods',
      subresource: 'exec',
      name: 'web',
      namespace: 'agents',
      user: { username: 'jane', groups: [] },
      ...overrides,
    },
  );
}

function isAboutPods({ path }: Asked): boolean {
  return path.includes('/pods/');
}

/** What comes of a request, where the API server answers like this about pods. */
async function outcome(subject: Subject, answer: Fault, policy = DOORS, webhook: 'validate' | 'mutate' = 'validate') {
  const { api, cluster, lookups, start } = await followed({ files: [policy] });
  api.instead(isAboutPods, answer);
  start();
  const gate = cluster.gate();
  const prepared = (await cluster.prepare(subject, gate, webhook)) ?? gate;
  return { verdict: validate(subject, prepared).verdict, lookups, asked: api.asked.filter(isAboutPods) };
}

const serves: Fault = (response) => sendJson(response, 200, POD);

test('a pod is asked for once for each review, and the connection is judged by it', async () => {
  const found = await outcome(exec(), serves);
  expect(found).toMatchObject({ verdict: 'allowed', lookups: ['found'], asked: [{ method: 'GET', path: PATH }] });
  const refused = await outcome(exec({ user: { username: 'eve', groups: [] } }), serves);
  expect(refused).toMatchObject({ verdict: 'denied', lookups: ['found'] });
});

test('a pod is asked for by its name where the proxy is asked for a port and a scheme as well', async () => {
  const policy = policyYaml('doors', 'connect: { proxy: { users: [jane] } }');
  const found = await outcome(exec({ subresource: 'proxy', name: 'https:web:8443' }), serves, policy);
  expect(found).toMatchObject({ verdict: 'allowed', lookups: ['found'], asked: [{ method: 'GET', path: PATH }] });
});

describe('a connection', () => {
  test.each<[string, Fault, string]>([
    ['there is no such pod', fails(404), 'absent'],
    ['nobody may read pods', fails(403), 'failed'],
    ['the API server has a fault', fails(500), 'failed'],
    [
      'the answer is another pod',
      (response) => sendJson(response, 200, { ...POD, metadata: { name: 'other', namespace: 'agents' } }),
      'failed',
    ],
    [
      'the answer is of another namespace',
      (response) => sendJson(response, 200, { ...POD, metadata: { name: 'web', namespace: 'b' } }),
      'failed',
    ],
    ['the answer is not JSON', (response) => response.writeHead(200).end('<html>'), 'failed'],
  ])('is refused where %s', async (_, answer, lookup) => {
    expect(await outcome(exec(), answer)).toMatchObject({ verdict: 'denied', lookups: [lookup] });
  });

  test('is refused where the API server does not answer in time, well before the webhook would have to', async () => {
    const silent = outcome(exec(), () => {});
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, 'late'));
    expect(await Promise.race([silent, late])).toMatchObject({ verdict: 'denied', lookups: ['failed'] });
  });

  test('is refused where the request names no pod', async () => {
    expect(await outcome(exec({ name: undefined }), serves)).toMatchObject({
      verdict: 'denied',
      lookups: ['refused'],
      asked: [],
    });
  });
});

describe('no pod is asked for', () => {
  test.each<[string, Subject, string, 'validate' | 'mutate']>([
    ['for the mutating webhook', exec(), DOORS, 'mutate'],
    ['where no policy judges connections', exec(), policyYaml('a', 'podSecurity: { level: baseline }'), 'validate'],
    ['for a connection to something else', exec({ resource: 'services' }), DOORS, 'validate'],
    ['for the creation of a pod', subjectOf(POD), DOORS, 'validate'],
  ])('%s, nothing is looked up', async (_, subject, policy, webhook) => {
    expect(await outcome(subject, serves, policy, webhook)).toMatchObject({ lookups: [], asked: [] });
  });

  test('with a name that would lead elsewhere: it is one part of the path', async () => {
    const { asked } = await outcome(exec({ name: '../../secrets/x' }), fails(404));
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/namespaces/agents/pods/..%2F..%2Fsecrets%2Fx']);
  });
});
