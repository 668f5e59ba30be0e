// One trial of an attempt: the request, what the server said to it, and what the engine says of the same by itself.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { CONTROLLER_WAYS, type Trial } from './attempt.ts';
import { appliedOver, mergePatchBetween, mergePatched } from './merge-patch.ts';
import type { Verdict } from './offline.ts';
import type { Place } from './place.ts';
import { controllerOf, objectOf, podOf, sandboxOf, templateOf, withTemplate } from './pods.ts';

export interface Made {
  readonly reply: KubeReply;
  /** Of the engine by itself. Not asked where nobody needs to know. */
  readonly engine: () => Verdict;
  /** The pod, or the pod template, as the server would store it. */
  readonly stored: JsonObject;
}

const DRY = { dryRun: true } as const;

/** Makes the request, in a dry run. */
export async function make(place: Place, { way, change }: Trial): Promise<Made> {
  const { namespace } = place.tenant;
  switch (way) {
    case 'Pod':
    case 'applied Pod':
      return await created(place, podOf(change(place.base), { namespace, name: 'mine' }), way === 'applied Pod');
    case 'Sandbox':
      return await created(place, sandboxOf(change(place.base), { namespace, name: 'mine' }), false);
    case 'Deployment':
    case 'Job':
    case 'CronJob':
      return await created(place, controllerOf(way, change(place.base), { namespace, name: 'mine' }), false);
    case 'merge patch':
    case 'JSON patch':
    case 'applied Sandbox':
      return await changedSandbox(place, way, change);
    case 'update':
    case 'ephemeral container':
    case 'resize':
      return await updated(place, change(place.running), SUBRESOURCES[way]);
  }
}

const SUBRESOURCES = { update: undefined, 'ephemeral container': 'ephemeralcontainers', resize: 'resize' } as const;

async function created({ tenant: { client }, engine }: Place, object: JsonObject, applied: boolean): Promise<Made> {
  const reply = applied ? await client.apply(object, { ...DRY, force: true }) : await client.create(object, DRY);
  const stored = object.kind === 'Sandbox' ? templateOf(reply.body) : reply.body;
  return { reply, stored, engine: () => engine.created(object) };
}

async function changedSandbox(
  { tenant: { client, namespace }, base, sandbox, engine }: Place,
  way: 'merge patch' | 'JSON patch' | 'applied Sandbox',
  change: Trial['change'],
): Promise<Made> {
  const ref = { apiVersion: String(sandbox.apiVersion), kind: 'Sandbox', namespace, name: 'stored' };
  const template = templateOf(sandbox);
  const after = change(template);
  if (way === 'merge patch') {
    const patch = { spec: { podTemplate: mergePatchBetween(template, after) } };
    const reply = await client.patch(ref, patch, 'merge', DRY);
    return changedTo(objectOf(mergePatched(sandbox, patch)), reply);
  }
  if (way === 'JSON patch') {
    const reply = await client.patch(ref, [{ op: 'replace', path: '/spec/podTemplate', value: after }], 'json', DRY);
    return changedTo(withTemplate(sandbox, after), reply);
  }
  const applied = change(base);
  const reply = await client.apply(sandboxOf(applied, { namespace, name: 'stored' }), { ...DRY, force: true });
  return changedTo(withTemplate(sandbox, appliedOver(template, base, applied)), reply);

  function changedTo(result: JsonObject, answer: KubeReply): Made {
    return { reply: answer, stored: templateOf(answer.body), engine: () => engine.updated(sandbox, result) };
  }
}

async function updated(place: Place, pod: JsonObject, subresource: string | undefined): Promise<Made> {
  const {
    tenant: { client },
    running,
    engine,
  } = place;
  const reply = await client.update(pod, { ...DRY, ...(subresource !== undefined && { subresource }) });
  return { reply, stored: reply.body, engine: () => engine.updated(running, pod, subresource) };
}

export function isController(way: Trial['way']): boolean {
  return CONTROLLER_WAYS.some((one) => one === way);
}

/** The causes that a refusal names. */
export function causesOf({ body }: KubeReply): readonly { readonly field: unknown; readonly message: unknown }[] {
  const { causes } = objectOf(body.details);
  return (Array.isArray(causes) ? causes : []).filter(isJsonObject).map(({ field, message }) => ({ field, message }));
}
