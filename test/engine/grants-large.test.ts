// Pods and Sandboxes with thousands of mounts, volumes and containers beside a class: read a few times each, and not once for
// each other one.
import { expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { grantingPolicy } from '../support/docker-class.ts';
import { gateOf, subjectOf } from '../support/gate.ts';

const SHARING = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: docker }
spec:
  authorization: Policy
  implementations:
    - name: only
      template:
        spec:
          containers: [{ name: daemon, image: "d:1" }]
          volumes: [{ name: run, emptyDir: {} }]
      grant: { env: [{ name: A, value: b }], volumeMounts: [{ name: run, mountPath: /run/d }] }
      shareMounts: { containers: [daemon] }
`;

function gateWith(more: string): Gate {
  return gateOf([SHARING, grantingPolicy('agents', `[{ name: docker${more} }]`)], { agents: {} });
}

/** Counts how often the paths of mounts and the names of volumes are read. */
class Reads {
  count = 0;

  many(count: number, key: string, text: (index: number) => string, more: JsonObject): JsonObject[] {
    return Array.from({ length: count }, (_, index) => {
      const read = (): string => {
        this.count++;
        return text(index);
      };
      return Object.defineProperty({ ...more }, key, { enumerable: true, get: read });
    });
  }
}

function specOf(reads: Reads, count: number): JsonObject {
  const mounts = (): JsonObject[] => reads.many(count, 'mountPath', (index) => `/m/${index}`, { name: 'v0' });
  const classMounts = reads.many(count, 'mountPath', (index) => `/c/${index}`, { name: 'run' });
  return {
    containers: [
      { name: 'app', image: 'x', volumeMounts: [...mounts(), ...classMounts] },
      { name: 'daemon', image: 'd:1', volumeMounts: mounts() },
    ],
    volumes: reads.many(count, 'name', (index) => `v${index}`, { emptyDir: {} }),
  };
}

function metadata(asks: boolean): JsonObject {
  return { name: 'a', annotations: asks ? { 'sandgate.dev/capabilities': 'docker' } : {} };
}

function sandbox(spec: JsonObject, asks = true): JsonObject {
  const podTemplate = { metadata: metadata(asks), spec };
  return { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: { name: 's' }, spec: { podTemplate } };
}

/** How often they are read while these objects are filled in and judged. */
function readsOf(count: number, more: string): number {
  const reads = new Reads();
  const gate = gateWith(more);
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: metadata(true), spec: specOf(reads, count) };
  const oldObject = sandbox(specOf(reads, count));
  for (const subject of [
    subjectOf(pod),
    subjectOf(sandbox(specOf(reads, count))),
    subjectOf(sandbox(specOf(reads, count), false), { operation: 'UPDATE', oldObject }),
    subjectOf(sandbox({ ...specOf(reads, count), hostname: 'h' }), { operation: 'UPDATE', oldObject }),
  ]) {
    const { object = {} } = mutate(subject, gate);
    validate({ ...subject, object }, gate);
  }
  return reads.count;
}

test.each(['', ', into: Object'])('ten times the mounts and volumes are read ten times as often (class%s)', (more) => {
  expect(readsOf(1000, more) / readsOf(100, more)).toBeLessThan(15);
});
