// What is kept of the objects of a cluster: small records, the same as long as nothing changes, of whatever is sent.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Namespaces } from '../../src/cluster/state/namespaces.ts';
import { OwnResources } from '../../src/cluster/state/own-resources.ts';
import { RuntimeClasses } from '../../src/cluster/state/runtime-classes.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { createPolicySet } from '../../src/policy/select.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { openSnapshot } from '../../src/resources/snapshot.ts';
import { randomCases } from '../support/random-cases.ts';
import { parseObject } from '../support/reviews.ts';
import { PATHS, sendsAndEnds, watchOf } from './fake-api-server.ts';
import { namespace, runtimeClass } from './objects.ts';
import { watched } from './watched.ts';

describe('namespaces', () => {
  test('labels are the same object until they change: caches go by it', () => {
    const namespaces = new Namespaces();
    namespaces.put(namespace('a', { tier: '1', zone: 'x' }));
    const first = namespaces.labelsOf('a');
    expect(first).toEqual({ tier: '1', zone: 'x', 'kubernetes.io/metadata.name': 'a' });
    expect(Object.isFrozen(first)).toBe(true);
    namespaces.put(namespace('a', { zone: 'x', tier: '1' }));
    expect(namespaces.labelsOf('a')).toBe(first);
    const listing = namespaces.begin();
    listing.add(namespace('a', { tier: '1', zone: 'x' }));
    listing.commit();
    expect(namespaces.labelsOf('a')).toBe(first);
    namespaces.put(namespace('a', { tier: '2' }));
    expect(namespaces.labelsOf('a')).not.toBe(first);
    expect(namespaces.labelsOf('a')).toMatchObject({ tier: '2' });
  });

  test('a list takes the place of all there was, and only when it is complete', () => {
    const namespaces = new Namespaces();
    namespaces.put(namespace('a'));
    const listing = namespaces.begin();
    listing.add(namespace('b'));
    expect([namespaces.labelsOf('a'), namespaces.labelsOf('b')]).toEqual([expect.anything(), undefined]);
    listing.commit();
    expect([namespaces.labelsOf('a'), namespaces.labelsOf('b')]).toEqual([undefined, expect.anything()]);
  });

  test('nobody can pass for another namespace by its label, or by a name of JavaScript', () => {
    const namespaces = new Namespaces();
    namespaces.put(namespace('a', { 'kubernetes.io/metadata.name': 'kube-system' }));
    expect(namespaces.labelsOf('a')?.['kubernetes.io/metadata.name']).toBe('a');
    for (const name of ['constructor', '__proto__', 'toString']) expect(namespaces.labelsOf(name)).toBe(undefined);
    namespaces.put(parseObject('{"metadata":{"name":"b","labels":{"__proto__":"x","constructor":"y","n":1,"o":{}}}}'));
    expect(new Map(Object.entries(namespaces.labelsOf('b') ?? {}))).toEqual(
      new Map([
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['kubernetes.io/metadata.name', 'b'],
      ]),
    );
  });

  test('who is told of a namespace is told by every way it comes and goes', () => {
    const seen: string[] = [];
    const namespaces = new Namespaces((name) => void seen.push(name));
    namespaces.put(namespace('a'));
    const listing = namespaces.begin();
    listing.add(namespace('b'));
    // It is not in force yet: whoever looked it up has nothing else.
    expect(seen).toEqual(['a']);
    listing.commit();
    namespaces.remove(namespace('b'));
    expect(seen).toEqual(['a', 'b', 'b']);
  });
});

test('a RuntimeClass is missing only where it is known which there are', () => {
  let changes = 0;
  const classes = new RuntimeClasses(() => void changes++);
  expect(classes.isMissing('gvisor')).toBe(false);
  classes.begin().commit();
  expect(classes.isMissing('gvisor')).toBe(true);
  classes.put(runtimeClass('gvisor'));
  classes.put(runtimeClass('gvisor'));
  expect(classes.isMissing('gvisor')).toBe(false);
  classes.remove(runtimeClass('gvisor'));
  classes.remove(runtimeClass('gvisor'));
  expect(classes.isMissing('gvisor')).toBe(true);
  expect(changes).toBe(3);
});

/** Anything JSON can say, often in the shape of an object. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      metadata: fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            name: fc.oneof(fc.jsonValue(), fc.constantFrom('a', '__proto__', '')),
            uid: fc.jsonValue(),
            generation: fc.jsonValue(),
            labels: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
            resourceVersion: fc.constantFrom('1', '2', ''),
          },
          { requiredKeys: [] },
        ),
      ),
      spec: fc.jsonValue(),
      status: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
);

test('no object at all makes a record throw', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('put', 'remove', 'list'), anything), { maxLength: 8 }), (steps) => {
      const faults: unknown[] = [];
      const resources = new OwnResources(OWN_KINDS, openSnapshot(createPolicySet([])), {
        onSnapshot: () => {},
        onTouched: () => {},
        onFault: (fault) => void faults.push(fault),
      });
      for (const sink of [new Namespaces(), new RuntimeClasses(() => {}), ...resources.objects.values()]) {
        for (const [step, object] of steps) {
          if (!isJsonObject(object)) continue;
          if (step === 'put') sink.put(object);
          else if (step === 'remove') sink.remove(object);
          else {
            const listing = sink.begin();
            listing.add(object);
            listing.commit();
          }
        }
      }
      resources.stop();
      expect(faults).toEqual([]);
    }),
    { numRuns: randomCases(2000) },
  );
});

test('no event at all ends a watch for good', async () => {
  const { api, start, known, faults } = await watched({ firstMs: 1, mostMs: 2 });
  const event = fc.record(
    {
      type: fc.oneof(fc.jsonValue(), fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR')),
      object: anything,
    },
    { requiredKeys: [] },
  );
  const batches = fc.sample(
    fc.array(fc.oneof(event, fc.jsonValue(), fc.string()), { minLength: 1, maxLength: 5 }),
    200,
  );
  for (const batch of batches) {
    api.instead(watchOf(PATHS.namespaces), sendsAndEnds(...batch.map((one) => `${JSON.stringify(one)}\n`)), 1);
  }
  start();
  await expect.poll(() => api.watching(PATHS.namespaces)).toBe(1);
  expect(api.asked.filter((one) => one.isWatch).length).toBeGreaterThan(200);
  api.put(PATHS.namespaces, namespace('after-all'));
  await expect.poll(() => known('after-all')).toEqual(['after-all']);
  expect(faults).toEqual([]);
});
