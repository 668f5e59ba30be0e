// What only somebody with the node in hand can see or do. On our own node: nobody else's is touched.
import { TOOLS } from '../bench/images.ts';
import { keep, newNamespace, type RunningPod, startPod } from './cluster.ts';

let hand: Promise<RunningPod> | undefined;

/** Runs a script as root of the node, in its own namespaces, and returns what it printed; it has to succeed. */
export async function onNode(script: string): Promise<string> {
  hand ??= start();
  return await (await hand).shell(
    `nsenter -t 1 -m -u -i -n -p -- /bin/sh -c '${script.replaceAll("'", String.raw`'\''`)}'`,
  );
}

/** In a namespace that no policy is for. */
async function start(): Promise<RunningPod> {
  const pod = await startPod({
    namespace: await newNamespace(),
    spec: {
      hostPID: true,
      hostNetwork: true,
      containers: [
        {
          name: 'hand',
          image: TOOLS,
          command: ['sleep', '36000'],
          securityContext: { privileged: true, runAsUser: 0 },
        },
      ],
    },
  });
  return keep(pod);
}
