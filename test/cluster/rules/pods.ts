// What attempts begin with, and the objects that hold a pod template.
import type { JsonObject } from '../../../src/model/json.ts';
import { isJsonObject } from '../../../src/model/json.ts';
import type { Controller } from './ways.ts';

/** A pod with a container of each kind, to which a section adds what its policy asks for. */
export const BASE: JsonObject = {
  metadata: { labels: { app: 'mine' } },
  spec: {
    // So that no name in a message is another each time.
    automountServiceAccountToken: false,
    initContainers: [
      { name: 'setup', image: 'example.com/setup:1' },
      { name: 'sidecar', image: 'example.com/sidecar:1', restartPolicy: 'Always' },
    ],
    containers: [
      { name: 'app', image: 'example.com/app:1' },
      { name: 'side', image: 'example.com/side:1' },
    ],
  },
};

/** The template as a pod of its own. */
export function podOf(template: JsonObject, identity: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { ...objectOf(template.metadata), ...identity } };
}

export function sandboxOf(podTemplate: JsonObject, identity: JsonObject): JsonObject {
  return { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: identity, spec: { podTemplate } };
}

/** What makes pods of the template. */
export function controllerOf(kind: Controller, template: JsonObject, identity: JsonObject): JsonObject {
  const own = { kind, metadata: identity };
  const job = { template: { ...template, spec: { restartPolicy: 'Never', ...objectOf(template.spec) } } };
  switch (kind) {
    case 'Deployment':
      return { apiVersion: 'apps/v1', ...own, spec: { selector: { matchLabels: { app: 'mine' } }, template } };
    case 'Job':
      return { apiVersion: 'batch/v1', ...own, spec: job };
    case 'CronJob':
      return { apiVersion: 'batch/v1', ...own, spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: job } } };
  }
}

/** In the older of its versions. */
export function sandboxTemplateOf(podTemplate: JsonObject, identity: JsonObject): JsonObject {
  const apiVersion = 'extensions.agents.x-k8s.io/v1alpha1';
  return { apiVersion, kind: 'SandboxTemplate', metadata: identity, spec: { podTemplate } };
}

/** Where an object has its pod template. */
function templateKey({ kind }: JsonObject): string {
  return kind === 'Deployment' ? 'template' : 'podTemplate';
}

/** A Sandbox, a SandboxTemplate or a Deployment with another template. */
export function withTemplate(object: JsonObject, template: unknown): JsonObject {
  return { ...object, spec: { ...objectOf(object.spec), [templateKey(object)]: template } };
}

export function templateOf(object: JsonObject): JsonObject {
  return objectOf(objectOf(object.spec)[templateKey(object)]);
}

export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
