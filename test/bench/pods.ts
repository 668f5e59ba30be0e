// The reference pod of the bench, as each shipped bundle lets it in.
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { objectOf } from '../support/reviews.ts';
import { referenceReview } from './reviews.ts';

interface Mutable {
  metadata: Record<string, unknown>;
  spec: {
    volumes: { name: string; projected?: unknown }[];
    containers: MutableContainer[];
    initContainers: MutableContainer[];
    [field: string]: unknown;
  };
}

interface MutableContainer {
  image: string;
  volumeMounts: { name: string }[];
  resources: { limits: Record<string, string> };
}

/** What bundles ask for that nothing fills in, by bundle. */
const ASKED: Readonly<Record<string, JsonObject>> = {
  'agent-sandbox': {
    runtimeClassName: 'gvisor',
    nodeSelector: { 'sandbox.gke.io/runtime': 'gvisor' },
    tolerations: [{ key: 'sandbox.gke.io/runtime', operator: 'Equal', value: 'gvisor', effect: 'NoSchedule' }],
  },
  'k8s-runner': { restartPolicy: 'Never' },
  // Not all of its images have a row there.
  kagent: { securityContext: { runAsUser: 1001, runAsNonRoot: true } },
  nanoclaw: { restartPolicy: 'Never' },
  runners: { restartPolicy: 'Never' },
};

/** The pod before anything is filled in: without the token of its account, with tags, labels and limits that bundles require. */
export function podFor(bundle: string): JsonObject {
  const pod = mutableCopy(objectOf(referenceReview()));
  pod.metadata.labels = { 'com.coder.workspace.id': 'a', 'com.coder.user.id': 'b', 'nanoclaw-install': 'c' };
  pod.spec = { ...pod.spec, automountServiceAccountToken: false, ...ASKED[bundle] };
  pod.spec.volumes = pod.spec.volumes.filter(({ projected }) => projected === undefined);
  for (const container of [...pod.spec.containers, ...pod.spec.initContainers]) {
    container.volumeMounts = container.volumeMounts.filter(({ name }) => name === 'data');
    container.resources.limits['ephemeral-storage'] = '1Gi';
    if (!container.image.includes(':')) container.image += ':1.0';
  }
  const { metadata, spec } = pod;
  if (bundle !== 'agent-sandbox') return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  const sandbox = { name: 'box', namespace: 'agents' };
  const podTemplate = { metadata: { labels: metadata.labels }, spec };
  return { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: sandbox, spec: { podTemplate } };
}

/** The reference pod, as far as it is changed here. */
function isMutable(value: unknown): value is Mutable {
  return isJsonObject(value) && isJsonObject(value.spec) && Array.isArray(value.spec.containers);
}

function mutableCopy(object: unknown): Mutable {
  const copy = structuredClone(object);
  if (!isMutable(copy)) throw new Error('the reference review is not about a pod');
  return copy;
}
