// What is tried once in each section: for real and not in a dry run, by kubectl, under a name that the server makes, and by a
// controller that makes the pods.
import type { JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type Answer, answerOf, refusal } from '../support/answers.ts';
import { REFUSED_BY_US } from '../support/workloads.ts';
import type { Place } from './place.ts';
import { controllerOf, podOf } from './pods.ts';
import type { Controller } from './ways.ts';

/** A pod whose name the server makes. */
export async function byGeneratedName({ tenant: { client, namespace } }: Place, template: JsonObject): Promise<Answer> {
  return answerOf(await client.create(podOf(template, { namespace, generateName: 'mine-' })));
}

export async function byKubectlRun({ plane, tenant }: Place, template: JsonObject): Promise<Answer> {
  const overrides = JSON.stringify(podOf(template, {}));
  const args = [
    'run',
    'mine',
    `--namespace=${tenant.namespace}`,
    '--image=example.com/app:1',
    `--overrides=${overrides}`,
  ];
  const { code, stderr } = await plane.kubectl(args, { user: tenant.user, groups: ['tenants'] });
  return code === 0 ? { verdict: 'let in', message: stderr } : refusal(stderr);
}

/** Stores a controller whose pods would be refused. */
export async function storeController(
  { tenant: { client, namespace } }: Place,
  kind: Controller,
  template: JsonObject,
): Promise<void> {
  await expectOk(client.create(controllerOf(kind, template, { namespace, name: 'made' })));
}

/** What an event says about the pod of that controller. */
export async function podOfController({ plane, tenant: { namespace } }: Place): Promise<Answer> {
  const find = async (): Promise<string | undefined> => {
    const { body } = await expectOk(plane.admin.list({ apiVersion: 'v1', kind: 'Event' }, { namespace }));
    const events = listAt(body, 'items').filter((event) => at(event, 'reason') === 'FailedCreate');
    return events.map((event) => String(at(event, 'message'))).find((message) => message.includes(REFUSED_BY_US));
  };
  return refusal(await waitFor(find, { within: 60_000, what: 'the pod of a controller is refused' }));
}
