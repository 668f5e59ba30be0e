// The kinds of other projects that hold pod templates, or parts of them. The chart registers those that its values name.
import type { Workload } from '../workload.ts';
import { actionsGateway } from './actions-gateway.ts';
import { actionsRunnerController } from './actions-runner-controller.ts';
import { agentSandbox } from './agent-sandbox.ts';
import { agentSubstrate } from './agent-substrate.ts';
import { argoRollouts } from './argo-rollouts.ts';
import { argoWorkflows } from './argo-workflows.ts';
import { devWorkspace } from './devworkspace.ts';
import { flink } from './flink.ts';
import { kagent } from './kagent.ts';
import { keda } from './keda.ts';
import { knative } from './knative.ts';
import { kruise } from './kruise.ts';
import { kubeflow } from './kubeflow.ts';
import { openshift } from './openshift.ts';
import { ray } from './ray.ts';
import { sigs } from './sigs.ts';
import { spark } from './spark.ts';
import { strimzi } from './strimzi.ts';
import { tekton } from './tekton.ts';
import { volcano } from './volcano.ts';

/** One list for each project, in the order in which the docs have them. */
export const PROJECTS: readonly (readonly Workload[])[] = [
  agentSandbox,
  actionsGateway,
  actionsRunnerController,
  kagent,
  agentSubstrate,
  argoWorkflows,
  argoRollouts,
  tekton,
  ray,
  kubeflow,
  sigs,
  kruise,
  volcano,
  knative,
  flink,
  spark,
  keda,
  strimzi,
  devWorkspace,
  openshift,
];
