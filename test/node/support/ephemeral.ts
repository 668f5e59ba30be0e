// Ephemeral containers, as `kubectl debug` makes them.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at } from '../../cluster/control-plane/at.ts';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { kubectlOk, type RunningPod, read } from './cluster.ts';

/**
 * Adds one to a pod and resolves when it runs.
 *
 * @throws Error with the server's words where it is refused
 */
export async function addEphemeral({ namespace, name }: RunningPod, container: JsonObject): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/ephemeralcontainers`;
  const whole = await read('pod', namespace, name);
  const spec = isJsonObject(whole.spec) ? { ...whole.spec, ephemeralContainers: [container] } : {};
  await kubectlOk(['replace', '--raw', path, '-f', '-'], { stdin: JSON.stringify({ ...whole, spec }) });
  const runs = async (): Promise<boolean> =>
    at(await read('pod', namespace, name), 'status', 'ephemeralContainerStatuses', 0, 'state', 'running') !== undefined;
  await waitFor(runs, { within: 90_000, what: `the ephemeral container of ${name} runs` });
}
