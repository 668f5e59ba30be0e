// What is known stays the same as what the API server has, whatever happens in between. Against a fake one: see there why.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import {
  type Asked,
  bookmark,
  EXPIRED,
  fails,
  listOf,
  openWatch,
  PATHS,
  sendJson,
  sends,
  sendsAndEnds,
  watchOf,
} from './fake-api-server.ts';
import { namespace } from './objects.ts';
import { watched } from './watched.ts';

const PATH = PATHS.namespaces;

function isAsked(asked: readonly Asked[], watch: boolean): readonly Asked[] {
  return asked.filter((one) => one.isWatch === watch);
}

function event(type: string, object: JsonObject, resourceVersion: string): JsonObject {
  const { metadata } = object;
  return {
    type,
    object: { ...object, metadata: { ...(typeof metadata === 'object' ? metadata : {}), resourceVersion } },
  };
}

describe('a list and a watch', () => {
  test('bring what there is, and what changes', async () => {
    const { api, watch, known, start, changes, namespaces } = await watched();
    api.put(PATH, namespace('a', { tier: '1' }));
    start();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(known('a', 'b')).toEqual(['a']);
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.put(PATH, namespace('b'));
    api.put(PATH, namespace('a', { tier: '2' }));
    await expect.poll(() => namespaces.labelsOf('a')?.tier).toBe('2');
    expect(known('a', 'b')).toEqual(['a', 'b']);
    api.remove(PATH, 'a');
    await expect.poll(() => known('a', 'b')).toEqual(['b']);
    expect(changes).toEqual(['synced']);
    expect(watch.state).toMatchObject({ resource: 'namespaces', objects: 1, lists: 1, connections: 1, failures: 0 });
  });

  test('ask for the newest state, for bookmarks, and for an end', async () => {
    const { api, start } = await watched({ watchSeconds: 30 });
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    const [list, watch] = api.asked;
    expect(list?.query.get('resourceVersion')).toBe(null);
    expect(list?.query.get('limit')).toBe('500');
    expect(watch?.query.get('allowWatchBookmarks')).toBe('true');
    expect(Number(watch?.query.get('timeoutSeconds'))).toBeGreaterThanOrEqual(30);
    expect(Number(watch?.query.get('timeoutSeconds'))).toBeLessThanOrEqual(40);
  });

  test('a list has pages, and is one step all the same', async () => {
    const { api, watch, namespaces, start } = await watched();
    for (let i = 0; i < 1234; i++) api.put(PATH, namespace(`n${i}`));
    let seen: number | undefined;
    api.instead(
      (asked) => listOf(PATH)(asked) && asked.query.get('continue') === '1000',
      (response) => {
        seen = namespaces.count;
        sendJson(response, 200, { metadata: { resourceVersion: '9999' }, items: [namespace('last')] });
      },
      1,
    );
    start();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(seen).toBe(0);
    expect(namespaces.count).toBe(1001);
    expect(isAsked(api.asked, false)).toHaveLength(3);
  });

  test('a watch that ends is begun again where it was', async () => {
    const { api, known, start, changes } = await watched();
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.instead(watchOf(PATH), sendsAndEnds(event('ADDED', namespace('a'), '777')), 1);
    api.end(PATH);
    await expect.poll(() => isAsked(api.asked, true).length).toBe(3);
    expect(isAsked(api.asked, true)[2]?.query.get('resourceVersion')).toBe('777');
    expect(isAsked(api.asked, false)).toHaveLength(1);
    expect(known('a')).toEqual(['a']);
    expect(changes).toEqual(['synced']);
  });

  test('a list that is asked for comes at once, though the watch says nothing, and the watch goes on from it', async () => {
    const { api, watch, known, start, changes } = await watched();
    api.instead(watchOf(PATH), openWatch, 1);
    start();
    await expect.poll(() => isAsked(api.asked, true).length).toBe(1);
    api.put(PATH, namespace('a'));
    await Promise.all([watch.refresh(), watch.refresh()]);
    expect(known('a')).toEqual(['a']);
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.put(PATH, namespace('b'));
    await expect.poll(() => known('a', 'b')).toEqual(['a', 'b']);
    expect(isAsked(api.asked, false)).toHaveLength(2);
    expect(changes).toEqual(['synced']);
    expect(watch.state).toMatchObject({ failures: 0, lists: 2 });
  });

  test('a list that is asked for while another is on its way comes after that one', async () => {
    const { api, watch, known, start } = await watched();
    let answer: (() => void) | undefined;
    api.instead(
      listOf(PATH),
      (response) => {
        answer = () => sendJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
      },
      1,
    );
    start();
    await expect.poll(() => isAsked(api.asked, false).length).toBe(1);
    api.put(PATH, namespace('a'));
    const refreshed = watch.refresh();
    answer?.();
    await refreshed;
    expect(known('a')).toEqual(['a']);
    expect(isAsked(api.asked, false)).toHaveLength(2);
  });

  test('who waits for a list is told where it fails, and where the process ends', async () => {
    const { api, watch, start } = await watched();
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.instead(listOf(PATH), fails(500), 1);
    await watch.refresh();
    expect(watch.state).toMatchObject({ lists: 1, failures: 1 });
    api.instead(listOf(PATH), () => {}, 1);
    const refreshed = watch.refresh();
    watch.stop();
    await refreshed;
  });

  test('a bookmark moves on where it begins again', async () => {
    const { api, start } = await watched();
    api.instead(watchOf(PATH), sendsAndEnds(bookmark('888')), 1);
    start();
    await expect.poll(() => isAsked(api.asked, true).length).toBe(2);
    expect(isAsked(api.asked, true)[1]?.query.get('resourceVersion')).toBe('888');
  });

  test('the same event twice, a deletion of nothing, an addition of something known', async () => {
    const { api, known, start, faults, watch } = await watched();
    const a = namespace('a');
    api.instead(
      watchOf(PATH),
      sends(
        event('ADDED', a, '1'),
        event('ADDED', a, '1'),
        event('DELETED', namespace('x'), '2'),
        event('MODIFIED', namespace('b'), '3'),
      ),
      1,
    );
    start();
    await expect.poll(() => known('a', 'b', 'x')).toEqual(['a', 'b']);
    expect(faults).toEqual([]);
    expect(watch.state.failures).toBe(0);
  });

  test('letters cut in half by the network are whole again', async () => {
    const { api, known, start } = await watched();
    api.instead(
      watchOf(PATH),
      (response) => {
        openWatch(response);
        const bytes = Buffer.from(`${JSON.stringify(event('ADDED', namespace('grün-€-😀'), '5'))}\n`);
        let at = 0;
        const timer = setInterval(() => {
          response.write(bytes.subarray(at, ++at));
          if (at >= bytes.length) clearInterval(timer);
        }, 1);
      },
      1,
    );
    start();
    await expect.poll(() => known('grün-€-😀')).toEqual(['grün-€-😀']);
  });

  test('after a stop nothing is asked any more', async () => {
    const { api, watch, start, known } = await watched();
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    watch.stop();
    await expect.poll(() => api.watching(PATH)).toBe(0);
    const { length } = api.asked;
    api.put(PATH, namespace('late'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(api.asked).toHaveLength(length);
    expect(known('late')).toEqual([]);
    expect(watch.state.failures).toBe(0);
  });
});

describe('faults of the list', () => {
  test('the first one fails: it is tried again, and told once', async () => {
    const { api, watch, start, changes, known } = await watched();
    api.put(PATH, namespace('a'));
    api.instead(listOf(PATH), fails(500), 3);
    start();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(known('a')).toEqual(['a']);
    expect(changes).toEqual(['failing', 'synced']);
    expect(watch.state).toMatchObject({ failures: 3, problem: undefined });
  });

  test.each<[string, (body: string) => string]>([
    ['is cut off', (body) => body.slice(0, body.length / 2)],
    ['is not JSON', () => '<html>'],
    ['is not a list', () => '{"kind":"Pod"}'],
    ['has no resourceVersion', () => '{"metadata":{},"items":[]}'],
    ['is null', () => 'null'],
  ])('it %s: what was known stays', async (_, damage) => {
    const { api, watch, start, known } = await watched({ relistMs: 1 });
    api.put(PATH, namespace('a'));
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    const rule = api.instead(listOf(PATH), (response) => {
      const items = [namespace('b')];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(damage(JSON.stringify({ metadata: { resourceVersion: '1' }, items })));
    });
    api.end(PATH);
    await expect.poll(() => watch.state.failures).toBeGreaterThan(0);
    expect(known('a', 'b')).toEqual(['a']);
    rule.end();
    await expect
      .poll(() => {
        api.end(PATH);
        return watch.state.lists;
      })
      .toBeGreaterThan(1);
    expect(known('a', 'b')).toEqual(['a']);
  });

  test('it stops in the middle: it is given up after a while, and tried again', async () => {
    const { api, watch, start, known } = await watched();
    api.put(PATH, namespace('a'));
    api.instead(
      listOf(PATH),
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"metadata":');
      },
      1,
    );
    // No answer at all.
    api.instead(listOf(PATH), () => {}, 1);
    start();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(watch.state.failures).toBe(2);
    expect(known('a')).toEqual(['a']);
  });

  test('its rest is compacted away: it is begun again', async () => {
    const { api, watch, start, namespaces } = await watched();
    for (let i = 0; i < 600; i++) api.put(PATH, namespace(`n${i}`));
    api.instead((asked) => asked.query.has('continue'), fails(410, 'The provided continue parameter is too old'), 1);
    start();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(namespaces.count).toBe(600);
    expect(watch.state.failures).toBe(1);
  });

  test('a page too large to hold is asked for in smaller ones', async () => {
    const { api, watch, start, namespaces } = await watched({ timeoutMs: 10_000 });
    const text = 'x'.repeat(200_000);
    for (let i = 0; i < 200; i++) {
      const made = namespace(`n${i}`);
      api.put(PATH, { ...made, metadata: { name: `n${i}`, annotations: { text } } });
    }
    start();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(namespaces.count).toBe(200);
    const limits = new Set(api.asked.map((one) => one.query.get('limit')));
    expect(limits).toContain('500');
    expect(limits).toContain('63');
  });

  test('the server asks for patience', async () => {
    const { api, watch, start } = await watched();
    api.instead(listOf(PATH), fails(429, 'too many requests', { 'retry-after': '1' }), 1);
    const began = performance.now();
    start();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(performance.now() - began).toBeGreaterThanOrEqual(1000);
  });

  test('there is no such resource: that is told once, and looked for again', async () => {
    const { api, watch, start, changes } = await watched();
    const rule = api.instead(listOf(PATH), fails(404, 'the server could not find the requested resource'));
    start();
    await expect.poll(() => watch.state.failures).toBeGreaterThan(3);
    expect(watch.state).toMatchObject({ absent: true, synced: false });
    expect(changes).toEqual(['absent']);
    rule.end();
    await expect.poll(() => watch.state.synced).toBe(true);
    expect(watch.state.absent).toBe(false);
    expect(changes).toEqual(['absent', 'synced']);
  });

  test('what was there is not gone because the resource is not found later', async () => {
    const { api, watch, start, known } = await watched({ relistMs: 1 });
    api.put(PATH, namespace('a'));
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.instead((asked) => asked.path === PATH, fails(404, '404 page not found'));
    api.end(PATH);
    await expect.poll(() => watch.state.failures).toBeGreaterThan(5);
    expect(known('a')).toEqual(['a']);
    expect(watch.state).toMatchObject({ absent: false, synced: true });
  });
});

describe('faults of the watch', () => {
  test('a reset: it goes on where it was, without a list, and nothing is told', async () => {
    const { api, watch, start, known, changes } = await watched();
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.put(PATH, namespace('a'));
    await expect.poll(() => known('a')).toEqual(['a']);
    api.reset(PATH);
    api.put(PATH, namespace('b'));
    await expect.poll(() => known('a', 'b')).toEqual(['a', 'b']);
    expect(watch.state).toMatchObject({ lists: 1, failures: 1, connections: 2 });
    expect(changes).toEqual(['synced']);
  });

  test.each([
    ['an event', sendsAndEnds(EXPIRED)],
    ['an answer', fails(410, 'too old resource version')],
  ])('the version is too old, says %s: a list, without what was deleted meanwhile', async (_, fault) => {
    const { api, watch, start, known } = await watched();
    api.put(PATH, namespace('a'));
    api.put(PATH, namespace('b'));
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.instead(watchOf(PATH), fault, 1);
    api.remove(PATH, 'a', true);
    api.end(PATH);
    await expect.poll(() => watch.state.lists).toBe(2);
    await expect.poll(() => known('a', 'b')).toEqual(['b']);
  });

  test('too old for ever: it is asked less and less, and what is listed is in force', async () => {
    const { api, watch, start, known, changes } = await watched({ firstMs: 100, mostMs: 10_000 });
    api.put(PATH, namespace('a'));
    const rule = api.instead(watchOf(PATH), sendsAndEnds(EXPIRED));
    start();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    // 0, 0.1, 0.3, 0.7, 1.5 s at the most eager.
    expect(watch.state.lists).toBeLessThanOrEqual(6);
    expect(watch.state.lists).toBeGreaterThanOrEqual(3);
    expect(known('a')).toEqual(['a']);
    expect(changes).toEqual(['synced', 'failing']);
    rule.end();
    await expect.poll(() => changes.at(-1)).toBe('recovered');
  });

  test.each<[string, readonly unknown[]]>([
    ['half a line', ['{"type":"ADDED","object":{"metada']],
    ['no JSON', ['hello\n']],
    ['an ERROR that says nothing', [{ type: 'ERROR' }]],
    ['an ERROR of another kind', [{ type: 'ERROR', object: { code: 500, message: 'etcd' } }]],
    ['an event of no known type', [{ type: 'RENAMED', object: namespace('x') }]],
    ['an event without an object', [{ type: 'ADDED' }]],
    ['an event without a version', [{ type: 'ADDED', object: { metadata: { name: 'x' } } }]],
    ['a number', ['1\n']],
    ['null', ['null\n']],
  ])('%s: it recovers', async (_, events) => {
    const { api, watch, start, known, faults } = await watched();
    api.put(PATH, namespace('a'));
    api.instead(watchOf(PATH), sendsAndEnds(...events), 2);
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    expect(watch.state.failures).toBe(2);
    api.put(PATH, namespace('b'));
    await expect.poll(() => known('a', 'b', 'x')).toEqual(['a', 'b']);
    expect(faults).toEqual([]);
  });

  test('a server that hangs is noticed, and asked again', async () => {
    const { api, watch, start, known } = await watched({ watchSeconds: 1, timeoutMs: 200 });
    // Accepted, and then neither an event nor an end.
    api.instead(watchOf(PATH), sends(), 1);
    start();
    await expect.poll(() => watch.state.failures).toBe(1);
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.put(PATH, namespace('a'));
    await expect.poll(() => known('a')).toEqual(['a']);
  });

  test('where watching is not allowed, lists do', async () => {
    const { api, watch, start, known, changes } = await watched();
    api.instead(watchOf(PATH), fails(403, 'namespaces is forbidden: cannot watch'));
    start();
    await expect.poll(() => watch.state.lists).toBeGreaterThan(1);
    api.put(PATH, namespace('a'));
    await expect.poll(() => known('a')).toEqual(['a']);
    expect(changes).toEqual(['synced', 'failing']);
    expect(watch.state.problem).toBe('403 namespaces is forbidden: cannot watch');
  });

  test('the server goes away and comes back: told once each', async () => {
    const { api, watch, start, changes } = await watched();
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    const rule = api.instead(
      (asked) => asked.path === PATH,
      (response) => api.cut(response),
    );
    api.reset(PATH);
    await expect.poll(() => watch.state.failures).toBeGreaterThan(6);
    rule.end();
    await expect.poll(() => changes.at(-1)).toBe('recovered');
    expect(changes).toEqual(['synced', 'failing', 'recovered']);
    expect(watch.state.problem).toBe(undefined);
  });

  test('all is listed again from time to time, for what a watch does not tell', async () => {
    const { api, start, known } = await watched({ relistMs: 100 });
    api.put(PATH, namespace('a'));
    start();
    await expect.poll(() => api.watching(PATH)).toBe(1);
    api.remove(PATH, 'a', true);
    api.end(PATH);
    await expect
      .poll(() => {
        api.end(PATH);
        return known('a');
      })
      .toEqual([]);
  });
});

test('a bug in a sink stops neither the watch nor the process', async () => {
  const { api, start, known, faults, watch } = await watched({}, (namespaces) => ({
    count: 0,
    begin: () => namespaces.begin(),
    put(object) {
      if (JSON.stringify(object).includes('"bad"')) throw new Error('a bug');
      namespaces.put(object);
    },
    remove: (object) => namespaces.remove(object),
  }));
  start();
  await expect.poll(() => api.watching(PATH)).toBe(1);
  api.put(PATH, namespace('bad'));
  api.put(PATH, namespace('good'));
  await expect.poll(() => known('bad', 'good')).toEqual(['good']);
  expect(faults).toEqual([new Error('a bug')]);
  expect(watch.state.failures).toBe(0);
});
