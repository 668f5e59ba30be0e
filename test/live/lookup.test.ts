// A review does not wait for long for a namespace that the watch does not have yet, and never for nothing.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { NamespaceLookup } from '../../src/cluster/namespace-lookup.ts';
import type { LookupOutcome } from '../../src/cluster/outcomes.ts';
import { type Asked, FakeApiServer, fails, PATHS, sendJson } from './fake-api-server.ts';
import { namespace } from './objects.ts';

interface Looking {
  readonly api: FakeApiServer;
  readonly lookup: NamespaceLookup;
  readonly outcomes: readonly LookupOutcome[];
}

async function looking(): Promise<Looking> {
  const api = await FakeApiServer.start();
  const outcomes: LookupOutcome[] = [];
  const lookup = new NamespaceLookup(api.client(), (outcome) => void outcomes.push(outcome));
  return { api, lookup, outcomes };
}

function single(asked: Asked): boolean {
  return asked.path.startsWith(`${PATHS.namespaces}/`);
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** The clock of the look-up, so much later. */
function later(ms: number): void {
  const now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now + ms);
}

describe('a look-up', () => {
  test('finds the labels, and asks once for all who wait', async () => {
    const { api, lookup, outcomes } = await looking();
    api.put(PATHS.namespaces, namespace('a', { tier: '1' }));
    await Promise.all([lookup.ask('a', 1000), lookup.ask('a', 1000), lookup.ask('a', 500)]);
    expect(lookup.labelsOf('a')).toMatchObject({ tier: '1' });
    expect(lookup.labelsOf('a')).toBe(lookup.labelsOf('a'));
    expect(lookup.ask('a', 1000)).toBe(undefined);
    expect(api.asked).toHaveLength(1);
    expect(outcomes).toEqual(['found']);
  });

  test('what is not there is asked for again a second later, and not before', async () => {
    const { api, lookup, outcomes } = await looking();
    await lookup.ask('a', 1000);
    expect(lookup.labelsOf('a')).toBe(undefined);
    expect(lookup.ask('a', 1000)).toBe(undefined);
    api.put(PATHS.namespaces, namespace('a'));
    later(1100);
    await lookup.ask('a', 1000);
    expect(lookup.labelsOf('a')).toBeDefined();
    expect(outcomes).toEqual(['absent', 'found']);
  });

  test('what was found is asked for again where the watch does not bring it', async () => {
    const { api, lookup } = await looking();
    api.put(PATHS.namespaces, namespace('a', { tier: '1' }));
    await lookup.ask('a', 1000);
    api.put(PATHS.namespaces, namespace('a', { tier: '2' }));
    expect(lookup.labelsOf('a')?.tier).toBe('1');
    later(6000);
    // What a review has seen to be there is still there for it.
    expect(lookup.labelsOf('a')?.tier).toBe('1');
    await lookup.ask('a', 1000);
    expect(lookup.labelsOf('a')?.tier).toBe('2');
    vi.restoreAllMocks();
    later(20_000);
    expect(lookup.labelsOf('a')).toBe(undefined);
  });

  test('is forgotten as soon as the watch knows', async () => {
    const { api, lookup } = await looking();
    api.put(PATHS.namespaces, namespace('a'));
    await lookup.ask('a', 1000);
    lookup.forget('a');
    expect(lookup.labelsOf('a')).toBe(undefined);
  });

  test('is not waited for longer than each has time; the answer serves the next', async () => {
    const { api, lookup } = await looking();
    let answer: (() => void) | undefined;
    api.instead(single, (response) => {
      answer = () => sendJson(response, 200, namespace('a', { tier: '1' }));
    });
    const began = performance.now();
    await lookup.ask('a', 50);
    expect(performance.now() - began).toBeLessThan(900);
    expect(lookup.labelsOf('a')).toBe(undefined);
    await expect.poll(() => answer).toBeDefined();
    const second = lookup.ask('a', 5000);
    answer?.();
    await second;
    expect(lookup.labelsOf('a')).toMatchObject({ tier: '1' });
    expect(api.asked).toHaveLength(1);
  });

  test('a server that hangs costs a second, once', async () => {
    const { api, lookup, outcomes } = await looking();
    api.instead(single, () => {});
    await lookup.ask('a', 5000);
    expect(outcomes).toEqual(['failed']);
    expect(lookup.ask('a', 5000)).toBe(undefined);
  });

  test.each([
    ['an error', fails(500)],
    ['no JSON', (response: Parameters<ReturnType<typeof fails>>[0]) => void response.end('<html>')],
    [
      'another namespace',
      (response: Parameters<ReturnType<typeof fails>>[0]) => sendJson(response, 200, namespace('b', { tier: '1' })),
    ],
    ['null', (response: Parameters<ReturnType<typeof fails>>[0]) => sendJson(response, 200, null)],
    ['a reset', (response: Parameters<ReturnType<typeof fails>>[0]) => void response.destroy()],
  ])('%s tells nothing', async (_, fault) => {
    const { api, lookup, outcomes } = await looking();
    api.instead(single, fault);
    await lookup.ask('a', 1000);
    expect(lookup.labelsOf('a')).toBe(undefined);
    expect(outcomes).toEqual(['failed']);
  });

  test.each(['..', '.', 'a/b', 'a?b', '%2e%2e', 'a#b', '😀'])('asks for %s, and for nothing else', async (name) => {
    const { api, lookup } = await looking();
    api.instead(
      () => true,
      (response) => sendJson(response, 200, namespace('other', { tier: 'all' })),
    );
    await lookup.ask(name, 1000);
    expect(lookup.labelsOf(name)).toBe(undefined);
    expect(lookup.labelsOf('other')).toBe(undefined);
  });

  test('only so many at a time: whoever is too many is told at once', async () => {
    const { api, lookup, outcomes } = await looking();
    api.instead(single, () => {});
    const asked = Array.from({ length: 60 }, (_, i) => lookup.ask(`n${i}`, 100));
    expect(asked.filter((one) => one === undefined)).toHaveLength(10);
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => 'refused'));
    await Promise.all(asked.map((one) => one ?? Promise.resolve()));
  });

  test('only so many wait for one', async () => {
    const { api, lookup, outcomes } = await looking();
    api.instead(single, () => {});
    const asked = Array.from({ length: 510 }, () => lookup.ask('a', 100));
    expect(asked.filter((one) => one === undefined)).toHaveLength(10);
    expect(outcomes).toHaveLength(10);
    await Promise.all(asked.map((one) => one ?? Promise.resolve()));
    expect(api.asked.length).toBeLessThanOrEqual(1);
  });

  test('a connection that the server closed meanwhile is no reason to fail', async () => {
    const { api, lookup, outcomes } = await looking();
    api.put(PATHS.namespaces, namespace('a'));
    api.put(PATHS.namespaces, namespace('b'));
    await lookup.ask('a', 1000);
    api.instead(single, (response) => api.cut(response), 1);
    await lookup.ask('b', 1000);
    expect(lookup.labelsOf('b')).toBeDefined();
    expect(outcomes).toEqual(['found', 'found']);
  });
});
