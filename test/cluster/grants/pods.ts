// The pods that attempts begin with.
import type { JsonObject } from '../../../src/model/json.ts';
import { isJsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { ASKS } from './names.ts';
import type { Place } from './place.ts';

export interface Asking {
  /** The value of the annotation; undefined for a pod that asks for nothing. */
  readonly classes?: string | undefined;
  readonly name?: string;
  readonly serviceAccountName?: string;
  /** In the place of what the pod would have there. */
  readonly spec?: JsonObject;
}

/** A pod of three containers of its own that asks for docker, and runs as one who may use it. */
export function askingPod(namespace: string, asking: Asking = {}): JsonObject {
  const { name = 'mine', serviceAccountName = 'builder', spec = {} } = asking;
  const classes = 'classes' in asking ? asking.classes : 'docker';
  const annotations = classes === undefined ? {} : { annotations: { [ASKS]: classes } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, ...annotations },
    spec: {
      serviceAccountName,
      // So that no name in a message is another each time.
      automountServiceAccountToken: false,
      initContainers: [{ name: 'setup', image: 'example.com/setup:1' }],
      containers: [
        { name: 'app', image: 'example.com/app:1' },
        { name: 'side', image: 'example.com/side:1' },
      ],
      ...spec,
    },
  };
}

/** A pod as it would be stored: what `kubectl get -o yaml` shows, without what is the server's own. */
export async function asStored({ alice }: Pick<Place, 'alice'>, pod: JsonObject): Promise<JsonObject> {
  const { body } = await expectOk(alice.create(pod, { dryRun: true }));
  const { apiVersion, kind, spec } = body;
  const annotations = at(body, 'metadata', 'annotations');
  const metadata = {
    ...(isJsonObject(pod.metadata) ? pod.metadata : {}),
    ...(isJsonObject(annotations) && { annotations }),
  };
  return { apiVersion, kind, metadata, spec };
}
