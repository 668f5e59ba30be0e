// A tenant who was given Docker tries to get more than Docker, on a node. docs/docker-attacks.md has how far each attempt got, as it
// happened; UPDATE_GOLDEN=1 rewrites it.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { kubectlOk, type RunningPod, skipOnForeignNode, useNode } from '../support/cluster.ts';
import { DAEMON, importImage, startBuild } from '../support/docker.ts';
import type { Tier } from '../support/policies.ts';
import { ATTEMPTS, type Attempt } from './attempts.ts';
import { renderPage, type Seen } from './page.ts';

const PAGE = resolve(import.meta.dirname, '../../../docs/docker-attacks.md');
const FORMS = [
  { form: 'rootless', tier: 'chosen' },
  { form: 'privileged', tier: 'privileged' },
] as const satisfies readonly { readonly form: keyof Seen; readonly tier: Tier }[];

const seen = new Map<Attempt, Partial<Record<keyof Seen, string>>>();

useNode();
beforeEach(skipOnForeignNode);

describe.each(FORMS)('with the implementation $form, a tenant reaches', ({ form, tier }) => {
  let pod: RunningPod | undefined;
  let port = '';

  beforeAll(async () => {
    const provided = inject('node');
    if (provided.missing !== undefined || provided.isForeign) return;
    pod = await startBuild({ tier });
    await importImage(pod);
    const path = '{.items[0].status.daemonEndpoints.kubeletEndpoint.Port}';
    port = await kubectlOk(['get', 'nodes', '-o', `jsonpath=${path}`]);
  }, 400_000);

  afterAll(async () => {
    await pod?.remove();
  });

  test.each(ATTEMPTS)('by $what no more than the page says', async (attempt) => {
    const script = attempt.script.replaceAll('$PORT', port);
    const { output } = await (pod?.exec(['sh', '-c', script], attempt.inDaemon && DAEMON) ??
      Promise.reject(new Error('there is no pod')));
    seen.set(attempt, { ...seen.get(attempt), [form]: output });
    expect(output).toMatch(attempt[form].shows);
  });
});

test('docs/docker-attacks.md is what happened', ({ skip }) => {
  const whole = new Map<Attempt, Seen>();
  for (const [attempt, { rootless, privileged }] of seen) {
    if (rootless !== undefined && privileged !== undefined) whole.set(attempt, { rootless, privileged });
  }
  if (whole.size < ATTEMPTS.length) skip('only some of the attempts were made');
  const page = renderPage(ATTEMPTS, (attempt) => whole.get(attempt) ?? { rootless: '', privileged: '' });
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, page);
  expect(page).toBe(readFileSync(PAGE, 'utf8'));
});
