// The command line in this process: a folder to work in, and what was printed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON. */
  json(): unknown;
}

export interface Surroundings {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
}

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs `sandgate` in a folder. The arguments are a line without quotes, or a list. */
export async function sandgate(
  cwd: string,
  args: string | readonly string[],
  { stdin = '', env = {}, tty = false }: Surroundings = {},
): Promise<Printed> {
  let stdout = '';
  let stderr = '';
  async function* chunks(): AsyncGenerator<string> {
    yield stdin;
  }
  const code = await run(typeof args === 'string' ? args.split(' ') : args, {
    stdin: chunks(),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
    cwd,
    stdoutIsTTY: tty,
    stderrIsTTY: tty,
  });
  return { code, stdout, stderr, json: (): unknown => JSON.parse(stdout) };
}

/** A pod that says nothing about security. */
export const BARE_POD = `apiVersion: v1
kind: Pod
metadata:
  name: bare
spec:
  containers:
    - name: app
      image: nginx:1 # the web
`;

/** A pod that the baseline level refuses, in two fields. */
export const PRIVILEGED_POD = `apiVersion: v1
kind: Pod
metadata: { name: bad, namespace: agents }
spec:
  hostNetwork: true
  containers:
    - name: app
      image: nginx:1
      securityContext:
        privileged: true
`;

export const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: app
          image: nginx:1
          securityContext: { privileged: true }
`;

export const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n';

/** A policy that asks the namespace's labels. */
export const LABEL_POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: by-label }
spec:
  match: { namespaceSelector: { matchLabels: { tier: agents } } }
  podSecurity: { level: baseline }
`;
