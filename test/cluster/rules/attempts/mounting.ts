// A volume, and its mount in one container.
import type { JsonObject } from '../../../../src/model/json.ts';
import { all, type Change, put } from '../../support/change.ts';

export const READ_ONLY_FILE = '/workspace/agent/container.json';

/** The pod's one volume, from this source. */
export function volume(source: JsonObject): Change {
  return put([{ name: 'mine', ...source }], 'spec', 'volumes');
}

/** The same, mounted in a container. */
export function withMount(source: JsonObject, mount: JsonObject): Change {
  const mounts = [{ name: 'mine', mountPath: '/workspace/mine', ...mount }];
  return all(volume(source), put(mounts, 'spec', 'containers', 'side', 'volumeMounts'));
}
