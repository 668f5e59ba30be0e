// `helm test` without a kubelet: the pod that Helm makes is run here, by its arguments, and its end is written into its status. What it
// said is where Helm reads the logs of pods, which no API server has without a kubelet: it is returned beside what Helm said.
import { NAMESPACE } from '../../chart/rendered.ts';
import { folderWith, sandgate } from '../../cli/console.ts';
import { helm, type ToolResult } from '../../support/helm.ts';
import { listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { RELEASE } from './release.ts';
import { localArguments } from './replicas.ts';

const POD = { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, name: `${RELEASE}-test` };

/** Runs it; returns the exit code of Helm, and what Helm and the pod said. */
export async function helmTest(plane: ControlPlane): Promise<ToolResult> {
  const env = { KUBECONFIG: plane.kubeconfig() };
  const former = (await plane.admin.get(POD)).body.metadata;
  const running = helm(['test', RELEASE, '--namespace', NAMESPACE, '--timeout', '90s'], { env });
  const made = await waitFor(
    async () => {
      const { status, body } = await plane.admin.get(POD);
      return status === 200 && JSON.stringify(body.metadata) !== JSON.stringify(former) && body;
    },
    { within: 60_000, what: 'Helm has made the pod' },
  );
  const args = listAt(made, 'spec', 'containers', 0, 'args').map((arg) =>
    String(arg).replace(/^--wait=.*/, '--wait=5'),
  );
  const printed = await sandgate(folderWith({}), await localArguments(plane, args));
  const phase = printed.code === 0 ? 'Succeeded' : 'Failed';
  await expectOk(plane.admin.patch(POD, { status: { phase } }, 'merge', { subresource: 'status' }));
  const { code, stdout, stderr } = await running;
  return { code, stdout: stdout + printed.stdout, stderr: stderr + printed.stderr };
}
