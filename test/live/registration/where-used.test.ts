// A webhook that is registered only while a policy uses it: against an API server that does what a test wants. What a real one does is
// in test/cluster/chart.
import { describe, expect, test } from 'vitest';
import { CONNECTIONS_WEBHOOK } from '../../../src/model/names.ts';
import { type FakeApiServer, fails } from '../fake-api-server.ts';
import {
  annotationsIn,
  isWrite,
  MUTATING,
  makeCa,
  namesIn,
  type RegisteringOptions,
  register,
  soon,
  startApi,
  textWith,
  tlsOf,
  VALIDATING,
  webhooksIn,
} from './configurations.ts';

const TEXT = textWith({ whereUsed: true });
const ALWAYS = ['enforce.example.com', 'reachable.validate.sandgate.dev'];
const WITH_IT = ['enforce.example.com', CONNECTIONS_WEBHOOK, 'reachable.validate.sandgate.dev'];

interface Replica extends Awaited<ReturnType<typeof register>> {
  /** What it knows of policies: whether some policy uses the webhook. */
  readonly hears: (isUsed: boolean) => void;
}

async function replica(api: FakeApiServer, isUsed: boolean, options: RegisteringOptions = {}): Promise<Replica> {
  let used = isUsed;
  const now = (): ReadonlySet<string> => new Set(used ? [CONNECTIONS_WEBHOOK] : []);
  const registering = await register(api, { text: TEXT, ...options, use: { now, ...options.use } });
  return {
    ...registering,
    hears(isUsedNow) {
      used = isUsedNow;
      registering.registrar.policiesChanged();
    },
  };
}

function registered(api: FakeApiServer): readonly string[] {
  return namesIn(api.get(VALIDATING, 'sandgate')).toSorted();
}

function looks(api: FakeApiServer): number {
  return api.asked.filter(({ path, method }) => method === 'GET' && path === `${VALIDATING}/sandgate`).length;
}

async function afterLooks(api: FakeApiServer, count: number): Promise<void> {
  const before = looks(api);
  await soon(() => looks(api)).toBeGreaterThanOrEqual(before + count);
}

describe('one replica', () => {
  test('registers it when a policy uses it, at once, and removes it after none does', async () => {
    const api = await startApi();
    const { hears, told, missing } = await replica(api, false, { timing: { checkMs: 60_000 } });
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
    await soon(() => missing).toEqual([expect.stringContaining(CONNECTIONS_WEBHOOK), CONNECTIONS_WEBHOOK]);
    hears(true);
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    await soon(() => missing.at(-1)).toBe('');
    hears(false);
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
    await soon(() => told).toEqual(['registered', `used: ${CONNECTIONS_WEBHOOK}`, `unused: ${CONNECTIONS_WEBHOOK}`]);
    await soon(() => missing.at(-1)).toBe(CONNECTIONS_WEBHOOK);
    expect(annotationsIn(api.get(VALIDATING, 'sandgate'))).toMatchObject({
      'sandgate.dev/registered-where-used': CONNECTIONS_WEBHOOK,
    });
  });

  test('registers it with the others where a policy uses it from the start', async () => {
    const api = await startApi();
    await replica(api, true);
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
  });

  test('keeps it while a policy is replaced: it is not removed and added again', async () => {
    const api = await startApi();
    const { hears, told } = await replica(api, true, { timing: { unusedMs: 60_000 } });
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    const writes = api.asked.filter(isWrite).length;
    hears(false);
    await afterLooks(api, 3);
    hears(true);
    await afterLooks(api, 3);
    expect([registered(api), api.asked.filter(isWrite).length]).toEqual([WITH_IT.toSorted(), writes]);
    expect(told).toEqual([`used: ${CONNECTIONS_WEBHOOK}`, 'registered']);
  });

  test('does not remove it while the API server does not say which policies there are', async () => {
    const api = await startApi();
    let isKnown = false;
    let asked = 0;
    const confirm = async (): Promise<boolean> => {
      asked++;
      return isKnown;
    };
    const { hears } = await replica(api, true, { use: { confirm } });
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    hears(false);
    await soon(() => asked).toBeGreaterThan(1);
    expect(registered(api)).toEqual(WITH_IT.toSorted());
    isKnown = true;
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
  });

  test('does not remove it where the API server knows of a policy that we had not heard of', async () => {
    const api = await startApi();
    let heard: (() => void) | undefined;
    let asked = 0;
    const confirm = async (): Promise<boolean> => {
      asked++;
      heard?.();
      return true;
    };
    const { hears } = await replica(api, true, { use: { confirm } });
    heard = () => hears(true);
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    hears(false);
    await soon(() => asked).toBe(1);
    await afterLooks(api, 2);
    expect(registered(api)).toEqual(WITH_IT.toSorted());
  });

  test('puts back what somebody took away while a policy uses it, and says so', async () => {
    const api = await startApi();
    const { told } = await replica(api, true);
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    const live = api.get(VALIDATING, 'sandgate') ?? {};
    api.put(VALIDATING, {
      ...live,
      webhooks: webhooksIn(live).filter(({ name }) => name !== CONNECTIONS_WEBHOOK),
    });
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    await soon(() => told.find((one) => one.startsWith('drift'))).toContain(`webhooks[${CONNECTIONS_WEBHOOK}]`);
  });

  test('registers it although somebody keeps changing another field', async () => {
    const api = await startApi();
    const { hears, told } = await replica(api, false, { timing: { mostPatienceMs: 60_000, checkMs: 60_000 } });
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
    const spoil = (): void => {
      const live = api.get(MUTATING, 'sandgate') ?? {};
      api.put(MUTATING, { ...live, webhooks: webhooksIn(live).map((one) => ({ ...one, failurePolicy: 'Ignore' })) });
    };
    spoil();
    hears(false);
    await soon(() => told.filter((one) => one.startsWith('drift')).length).toBe(1);
    spoil();
    hears(true);
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
  });

  test('says that it is missing for as long as the API server does not take it', async () => {
    const api = await startApi();
    const { hears, missing } = await replica(api, false);
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
    const rule = api.instead(isWrite, fails(500, 'not now'));
    hears(true);
    await afterLooks(api, 3);
    expect(missing.at(-1)).toBe(CONNECTIONS_WEBHOOK);
    rule.end();
    await soon(() => missing.at(-1)).toBe('');
  });
});

describe('an upgrade', () => {
  test('from a text that always has it to one that has it where it is used removes it where no policy uses it', async () => {
    const api = await startApi();
    const always = TEXT.replace(/^\s*sandgate.dev\/registered-where-used: .*\n/gm, '');
    const { write } = await replica(api, false, { text: always });
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    write(TEXT);
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
    write(always);
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
  });
});

async function sameTls(): Promise<RegisteringOptions> {
  return { tls: tlsOf(await makeCa()) };
}

describe('two replicas', () => {
  test('that hear of a policy one after the other: the first registers it, and the other leaves it', async () => {
    const api = await startApi();
    const same = { ...(await sameTls()), timing: { unusedMs: 400 } };
    const first = await replica(api, false, same);
    const second = await replica(api, false, same);
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
    first.hears(true);
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    await afterLooks(api, 4);
    second.hears(true);
    await afterLooks(api, 4);
    expect(registered(api)).toEqual(WITH_IT.toSorted());
    expect(second.told.filter((one) => !one.startsWith('registered'))).toEqual([]);
  });

  test('of which one has policies in its files that use it: the text of the newer one stands, and is not changed back', async () => {
    const api = await startApi();
    const same = await sameTls();
    const old = await replica(api, false, same);
    await soon(() => registered(api)).toEqual(ALWAYS.toSorted());
    await replica(api, true, { ...same, use: { byFiles: new Set([CONNECTIONS_WEBHOOK]) } });
    await soon(() => registered(api)).toEqual(WITH_IT.toSorted());
    await soon(() => old.told.at(-1)).toBe('elsewhere');
    await afterLooks(api, 10);
    expect(registered(api)).toEqual(WITH_IT.toSorted());
  });
});
