// Says whether the API server of a cluster asks Sandgate.
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import { type CommandSpec, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { fromHere } from '../policies.ts';
import { seconds } from '../seconds.ts';

const LOOK_AGAIN_MS = 1000;

export const status: CommandSpec = {
  name: 'status',
  summary: 'say whether a cluster asks Sandgate about its workloads, and why not',
  description: `Checks that the API server of a cluster sends requests to Sandgate: creates an Event as a dry run, which is passed to
the webhooks and not stored. Prints whether the webhooks are registered, and the API server's error where it cannot reach
Sandgate. Exits with 1 if workloads are not judged. Needs the right to create Events in the namespace, and prints more with the
right to read the webhook configurations, the Deployment and the Events.`,
  examples: [
    { does: 'Check a release of the chart', line: 'sandgate status --kubeconfig ~/.kube/config --namespace sandgate' },
    {
      does: 'In a pod, wait up to a minute for the first replica to start',
      line: 'sandgate status --in-cluster --wait 60',
    },
  ],
  options: [
    new Option('--kubeconfig <file>', 'the cluster of the current context in this file').conflicts('inCluster'),
    new Option('--in-cluster', 'the cluster that this pod runs in'),
    new Option('-n, --namespace <name>', 'the namespace that Sandgate runs in').default('sandgate'),
    new Option('--name <name>', 'what its Deployment and its webhook configurations are called').default('sandgate'),
    new Option('--wait <seconds>', 'how long to go on checking until Sandgate is asked').argParser(seconds).default(0),
  ],
  async run(given, io) {
    const kubeconfig = textOption(given, 'kubeconfig');
    if (kubeconfig === undefined && given.options.inCluster !== true) {
      throw new UsageError('no cluster given (expected --kubeconfig, or --in-cluster in a pod)');
    }
    // Imported here, so that no other command waits for the client of the cluster.
    const { connectClient, ClusterError, releaseStatus, ApiError, reasonOf } = await import('../../cluster/connect.ts');
    const release = { namespace: textOption(given, 'namespace') ?? '', name: textOption(given, 'name') ?? '' };
    const deadline = performance.now() + Number(given.options.wait) * 1000;
    try {
      const client = await connectClient(kubeconfig === undefined ? undefined : fromHere(kubeconfig, io.cwd));
      for (;;) {
        const { isWorking, lines } = await releaseStatus(client, release);
        if (!isWorking && performance.now() < deadline) {
          await sleep(LOOK_AGAIN_MS);
          continue;
        }
        for (const line of lines) io.stdout.write(`${line}\n`);
        return isWorking ? EXIT.ok : EXIT.denied;
      }
    } catch (error) {
      if (error instanceof ClusterError) throw new UsageError(error.message);
      if (error instanceof ApiError || isSystemError(error)) {
        throw new UsageError(`the API server cannot be asked: ${reasonOf(error)}`);
      }
      throw error;
    }
  },
};

/** Such as a connection that is refused. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
