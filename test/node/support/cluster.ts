// The cluster that the node's tests work on, by kubectl and a kubeconfig alone: ours, or one that somebody has.
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, inject, type TestContext } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../../cluster/control-plane/at.ts';
import { type KubectlOptions, type KubectlResult, runKubectl } from '../../cluster/control-plane/kubectl.ts';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';

/** What the global setup hands to the tests: a cluster, or the reason why there is none. */
export type Provided =
  | { readonly missing: string }
  | {
      readonly missing?: undefined;
      readonly kubectl: string;
      readonly kubeconfig: string;
      /** Somebody's cluster, of which we know nothing but that Sandgate runs in it. */
      readonly isForeign: boolean;
      /** When the run has to be over, in milliseconds since 1970. */
      readonly deadline: number;
    };

declare module 'vitest' {
  interface ProvidedContext {
    node: Provided;
  }
}

/** Three seconds where nobody else needs the processor, six with gVisor: what counts is that a busy machine is not taken for a fault. */
const READY_WITHIN_MS = 240_000;

/** What kubectl logs of itself, for example of a stream that ended late. */
const KUBECTL_LOG = /^[EWI]\d{4} \d\d:.*\n/gm;

/** Pods that run, by a name that is theirs alone; those that a test leaves behind go with it. */
const running = new Map<string, RunningPod>();

/** For the top of a file: skips each test, with the reason, where there is no node, and removes what it started and left. */
export function useNode(): void {
  let before: ReadonlySet<string> = new Set();
  beforeEach((context) => {
    skipWithoutNode(context);
    before = new Set(running.keys());
  });
  afterEach(async () => {
    const left = [...running].filter(([name]) => !before.has(name)).map(([, pod]) => pod.remove());
    await Promise.all(left);
  });
}

/** Lets a pod outlive the test that started it. */
export function keep(pod: RunningPod): RunningPod {
  running.delete(`${pod.namespace}/${pod.name}`);
  return pod;
}

function skipWithoutNode(context: TestContext): void {
  const provided = inject('node');
  if (provided.missing !== undefined) context.skip(provided.missing);
  if (provided.missing === undefined && Date.now() > provided.deadline)
    throw new Error('the time of the whole run is over: the node is far slower than it should be, or answers nothing');
}

/** For a test of what only our own node has. */
export function skipOnForeignNode(context: TestContext): void {
  const provided = inject('node');
  if (provided.missing === undefined && provided.isForeign)
    context.skip('only the node of the bench is known to have this');
}

/** Runs kubectl as the cluster's admin, or as whom the admin acts. */
export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
  const provided = inject('node');
  if (provided.missing !== undefined) throw new Error(provided.missing);
  const place = { binary: provided.kubectl, kubeconfig: provided.kubeconfig, folder: tmpdir() };
  return await runKubectl(place, args, options);
}

/**
 * Runs kubectl and returns what it printed.
 *
 * @throws Error with what it said where it fails
 */
export async function kubectlOk(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, options);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}

/** Creates a namespace under a name nobody has, ready for pods, and returns the name. */
export async function newNamespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = `node-${randomUUID().slice(0, 8)}`;
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  const hasAccount = async (): Promise<boolean> =>
    (await kubectl(['get', 'serviceaccount', 'default', '-n', name])).code === 0;
  await waitFor(hasAccount, { within: 30_000, what: `namespace ${name} has its service account` });
  return name;
}

/** Applies objects, and returns what kubectl warned of. */
export async function apply(...objects: readonly object[]): Promise<string> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await kubectl(['apply', '-f', '-'], { stdin });
  if (code !== 0) throw new Error(stderr.trim());
  return stderr;
}

/** An object as the cluster has it. */
export async function read(kind: string, namespace: string, name: string): Promise<JsonObject> {
  const found: unknown = JSON.parse(await kubectlOk(['get', kind, name, '-n', namespace, '-o', 'json']));
  if (!isJsonObject(found)) throw new Error(`no ${kind} ${namespace}/${name}`);
  return found;
}

/** A pod that runs. */
export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  /** As it was admitted, and with its status when it was ready. */
  readonly object: JsonObject;
  /** Runs a command in its first container, or in another, and returns what it printed on both outputs. */
  exec(command: readonly string[], container?: string): Promise<{ readonly code: number; readonly output: string }>;
  /** The same by a shell, where it has to succeed. */
  shell(script: string, container?: string): Promise<string>;
  logs(container?: string): Promise<string>;
  remove(): Promise<void>;
}

/** A pod of one container, `app`, unless the spec says otherwise. */
export interface PodOptions {
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly within?: number;
}

/** Creates a pod, and returns its name: what becomes of it is for the test to see. */
export async function createPod({ namespace, labels = {}, annotations = {}, spec }: PodOptions): Promise<string> {
  const name = `pod-${randomUUID().slice(0, 8)}`;
  const metadata = { name, namespace, labels, annotations };
  const whole = { terminationGracePeriodSeconds: 1, automountServiceAccountToken: false, ...spec };
  await apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: whole });
  return name;
}

/**
 * Creates a pod and resolves when it is ready.
 *
 * @throws Error with what the kubelet says of its containers where it does not get ready
 */
export async function startPod(options: PodOptions): Promise<RunningPod> {
  const name = await createPod(options);
  try {
    return await whenReady(options.namespace, name, options.within);
  } catch (error) {
    // One that goes on trying would slow down the tests that follow.
    await kubectl(['delete', 'pod', name, '-n', options.namespace, '--now', '--wait=false']);
    throw error;
  }
}

/** Resolves when a pod is ready. */
export async function whenReady(namespace: string, name: string, within = READY_WITHIN_MS): Promise<RunningPod> {
  let last: JsonObject = {};
  const ready = async (): Promise<JsonObject | false> => {
    last = await read('pod', namespace, name);
    const condition = listAt(last, 'status', 'conditions').find((one) => at(one, 'type') === 'Ready');
    return at(condition, 'status') === 'True' && last;
  };
  try {
    return runningPod(namespace, name, await waitFor(ready, { within, what: `pod ${name} is ready` }));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : ''}\n${await story(namespace, name, last)}`, {
      cause: error,
    });
  }
}

/** What the kubelet says of a pod. */
async function story(namespace: string, name: string, pod: JsonObject): Promise<string> {
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap((list) => listAt(pod, 'status', list));
  const lines = statuses.map((one) => `${String(at(one, 'name'))}: ${JSON.stringify(at(one, 'state'))}`);
  const events = await kubectl([
    'get',
    'events',
    '-n',
    namespace,
    '-o',
    'jsonpath={range .items[*]}{.message}{"\\n"}{end}',
  ]);
  const logs = await Promise.all(
    statuses.map(async (one) => {
      const container = String(at(one, 'name'));
      const said = await kubectl(['logs', name, '-n', namespace, '-c', container, '--tail=20']);
      return `${container} says:\n${said.stdout}`;
    }),
  );
  return [...lines, events.stdout, ...logs].join('\n');
}

function runningPod(namespace: string, name: string, object: JsonObject): RunningPod {
  const first = String(at(object, 'spec', 'containers', 0, 'name'));
  const whole = `${namespace}/${name}`;
  const exec: RunningPod['exec'] = async (command, container = first) => {
    const { code, stdout, stderr } = await kubectl(['exec', name, '-n', namespace, '-c', container, '--', ...command]);
    return { code, output: `${stdout}${stderr.replaceAll(KUBECTL_LOG, '')}` };
  };
  const pod: RunningPod = {
    namespace,
    name,
    object,
    exec,
    async shell(script, container) {
      const { code, output } = await exec(['sh', '-c', script], container);
      if (code !== 0) throw new Error(`exit code ${code}: ${output}`);
      return output;
    },
    logs: (container = first) => kubectlOk(['logs', name, '-n', namespace, '-c', container]),
    async remove() {
      running.delete(whole);
      await kubectlOk(['delete', 'pod', name, '-n', namespace, '--now', '--wait=false', '--ignore-not-found']);
    },
  };
  running.set(whole, pod);
  return pod;
}
