// One trial of an attempt: the request, what the server said to it, and what the engine says of the same by itself.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import type { Trial } from './attempt.ts';
import { appliedOver, mergePatchBetween, mergePatched } from './merge-patch.ts';
import type { Verdict } from './offline.ts';
import type { Place } from './place.ts';
import { controllerOf, objectOf, podOf, sandboxOf, sandboxTemplateOf, templateOf, withTemplate } from './pods.ts';
import type { RunningWay } from './ways.ts';

export interface Made {
  readonly reply: KubeReply;
  /** The verdict of the engine by itself. Not asked where nobody needs to know. */
  readonly engine: () => Verdict;
  /** The pod, the pod template or the controller, as the server would store it. */
  readonly stored: JsonObject;
}

const DRY = { dryRun: true } as const;

/** Makes the request, in a dry run. */
export async function make(place: Place, trial: Trial): Promise<Made> {
  const identity = { namespace: place.tenant.namespace, name: 'mine' };
  const { way, change } = trial;
  switch (way) {
    case 'Pod':
    case 'applied Pod':
      return await created(place, trial, podOf(change(place.base), identity));
    case 'Sandbox':
      return await created(place, trial, sandboxOf(change(place.base), identity));
    case 'SandboxTemplate':
      return await created(place, trial, sandboxTemplateOf(change(place.base), identity));
    case 'Deployment':
    case 'Job':
    case 'CronJob':
      return await created(place, trial, controllerOf(way, change(place.base), identity));
    case 'merge patch':
      return await patched(place, trial, place.sandbox);
    case 'patched Deployment':
    case 'patched Job':
      return await patched(place, trial, place.controller);
    case 'JSON patch':
      return await replaced(place, trial);
    case 'applied Sandbox':
      return await applied(place, trial);
    case 'binding':
      return await bound(place, change(place.running));
    case 'update':
    case 'ephemeral container':
    case 'resize':
    case 'status':
      return await updated(place, change(place.running), SUBRESOURCES[way]);
  }
}

const SUBRESOURCES: Readonly<Record<Exclude<RunningWay, 'binding'>, string | undefined>> = {
  update: undefined,
  'ephemeral container': 'ephemeralcontainers',
  resize: 'resize',
  status: 'status',
};

async function created({ tenant, engine }: Place, trial: Trial, made: JsonObject): Promise<Made> {
  const { way, asText, around = (object) => object } = trial;
  const { client, namespace } = tenant;
  const object = around(made);
  const ask = async (): Promise<KubeReply> => {
    if (way === 'applied Pod') return await client.apply(object, { ...DRY, force: true });
    if (asText === undefined) return await client.create(object, DRY);
    const collection = way === 'Pod' ? '/api/v1' : '/apis/agents.x-k8s.io/v1beta1';
    const path = `${collection}/namespaces/${namespace}/${way === 'Pod' ? 'pods' : 'sandboxes'}?dryRun=All`;
    return await client.request('POST', path, asText(object));
  };
  const reply = await ask();
  return { reply, stored: storedIn(reply.body), engine: () => engine.created(object) };
}

/** By a merge patch, of a Sandbox or a Deployment that is stored. */
async function patched(
  { tenant: { client }, engine }: Place,
  { change, around }: Trial,
  stored: JsonObject,
): Promise<Made> {
  const after = around === undefined ? withTemplate(stored, change(templateOf(stored))) : around(stored);
  const patch = mergePatchBetween(stored, after);
  const reply = await client.patch(refOf(stored), patch, 'merge', DRY);
  const result = objectOf(mergePatched(stored, patch));
  return { reply, stored: storedIn(reply.body), engine: () => engine.updated(stored, result) };
}

async function replaced({ tenant: { client }, sandbox, engine }: Place, { change }: Trial): Promise<Made> {
  const value = change(templateOf(sandbox));
  const reply = await client.patch(refOf(sandbox), [{ op: 'replace', path: '/spec/podTemplate', value }], 'json', DRY);
  const result = withTemplate(sandbox, value);
  return { reply, stored: storedIn(reply.body), engine: () => engine.updated(sandbox, result) };
}

async function applied(
  { tenant: { client, namespace }, base, sandbox, engine }: Place,
  { change }: Trial,
): Promise<Made> {
  const template = change(base);
  const reply = await client.apply(sandboxOf(template, { namespace, name: 'stored' }), { ...DRY, force: true });
  const result = withTemplate(sandbox, appliedOver(templateOf(sandbox), base, template));
  return { reply, stored: storedIn(reply.body), engine: () => engine.updated(sandbox, result) };
}

async function updated(
  { tenant: { client }, running, engine }: Place,
  pod: JsonObject,
  subresource: string | undefined,
): Promise<Made> {
  const reply = await client.update(pod, { ...DRY, ...(subresource !== undefined && { subresource }) });
  return { reply, stored: reply.body, engine: () => engine.updated(running, pod, subresource) };
}

/** What schedulers do: with the node and the annotations of the pod. */
async function bound({ tenant: { client }, running }: Place, { metadata, spec }: JsonObject): Promise<Made> {
  const { name, namespace, annotations } = objectOf(metadata);
  const target = { kind: 'Node', name: objectOf(spec).nodeName };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, annotations }, target };
  const reply = await client.create(binding, { ...DRY, of: refOf(running), subresource: 'binding' });
  return { reply, stored: reply.body, engine: () => [] };
}

function storedIn(body: JsonObject): JsonObject {
  return body.kind === 'Sandbox' || body.kind === 'SandboxTemplate' ? templateOf(body) : body;
}

/** The causes that a refusal names. */
export function causesOf({ body }: KubeReply): readonly { readonly field: unknown; readonly message: unknown }[] {
  const { causes } = objectOf(body.details);
  return (Array.isArray(causes) ? causes : []).filter(isJsonObject).map(({ field, message }) => ({ field, message }));
}
