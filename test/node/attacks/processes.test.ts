// The processes and the socket of a daemon, from an ephemeral container: what Sandgate refuses, and what it would have been.
import { beforeEach, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { newNamespace, skipOnForeignNode, startPod, useNode } from '../support/cluster.ts';
import { CLIENT, DAEMON, startBuild } from '../support/docker.ts';
import { addEphemeral } from '../support/ephemeral.ts';

useNode();
beforeEach(skipOnForeignNode);

const DEBUG: JsonObject = {
  name: 'debug',
  image: CLIENT,
  imagePullPolicy: 'IfNotPresent',
  command: ['sleep', '3600'],
  securityContext: { runAsUser: 1000 },
};
/** As if the root of the target were its own: process 1 is the target's where one is named. */
const THROUGH_PROCESSES =
  'DOCKER_HOST=unix:///proc/1/root/run/docker-socket/docker.sock docker version --format "{{.Server.Os}}"';

test('an ephemeral container that targets the daemon is refused; in a namespace that nobody guards it gets the socket', async () => {
  const pod = await startBuild({ tier: 'chosen' });
  await expect(addEphemeral(pod, { ...DEBUG, targetContainerName: DAEMON })).rejects.toThrow(
    'capability_process_namespace',
  );
  // The same pod, to the last field of its spec, where no policy is in force.
  const { spec } = pod.object;
  if (!isJsonObject(spec)) throw new Error('a pod without a spec');
  const { nodeName: _, ...rest } = spec;
  const free = await startPod({ namespace: await newNamespace(), spec: rest, within: 300_000 });
  await addEphemeral(free, { ...DEBUG, targetContainerName: DAEMON });
  expect(await free.shell(THROUGH_PROCESSES, 'debug')).toBe('linux\n');
});

test('an ephemeral container without a target is let in, and reaches neither the daemon’s processes nor its socket', async () => {
  const pod = await startBuild({ tier: 'chosen' });
  await addEphemeral(pod, DEBUG);
  expect(await pod.shell('ps -o args | grep -c "[d]ockerd" || true', 'debug')).toBe('0\n');
  expect((await pod.exec(['sh', '-c', 'ls /run/docker-socket'], 'debug')).output).toContain('No such file');
  expect((await pod.exec(['sh', '-c', THROUGH_PROCESSES], 'debug')).output).toContain(
    'Cannot connect to the Docker daemon',
  );
  // The network is one for all containers of a pod: nothing of the daemon listens there.
  expect(await pod.shell('netstat -ltnx | grep -E "docker|containerd|:237[56]" || true', 'debug')).toBe('');
});
