// What attempts begin with, and the objects that hold a pod template.
import type { JsonObject } from '../../../src/model/json.ts';
import { isJsonObject } from '../../../src/model/json.ts';
import type { CONTROLLER_WAYS } from './attempt.ts';

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
export function controllerOf(
  kind: (typeof CONTROLLER_WAYS)[number],
  template: JsonObject,
  identity: JsonObject,
): JsonObject {
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

/** A Sandbox with another template. */
export function withTemplate(sandbox: JsonObject, podTemplate: unknown): JsonObject {
  return { ...sandbox, spec: { ...objectOf(sandbox.spec), podTemplate } };
}

export function templateOf(sandbox: JsonObject): JsonObject {
  return objectOf(objectOf(sandbox.spec).podTemplate);
}

export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
