// Audit logs that are not as the API server writes them, and requests that nothing judged.
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { folderWith, LABEL_POLICY, type Printed, sandgate } from '../console.ts';

const EVENT: JsonObject = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods',
  verb: 'create',
  user: { username: 'alice', groups: ['system:authenticated'] },
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
  responseStatus: { code: 201 },
  requestObject: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { hostNetwork: true, containers: [{ name: 'web', image: 'nginx:1' }] },
  },
  requestReceivedTimestamp: '2026-11-30T10:00:00.000000Z',
};

/** A line of the log: the event with these fields instead. */
function line(fields: JsonObject = {}): string {
  return `${JSON.stringify({ ...EVENT, ...fields })}\n`;
}

function replayed(log: string, policies = 'baseline'): Promise<Printed> {
  const folder = folderWith({ 'audit.log': log, 'by-label.yaml': LABEL_POLICY });
  return sandgate(folder, ['replay', '-p', policies, '-f', 'audit.log']);
}

test('a request that no policy matches is printed as skipped, and never as allowed', async () => {
  const { stdout } = await replayed(line(), 'by-label.yaml');
  expect(stdout).toContain('Pod shop/web  skipped (no policy matches)\n');
  expect(stdout).not.toContain('allowed\n');
});
