// What the shipped policy for agents fills in, as a program in the container sees it.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { AGENTS_TIER } from '../../cluster/support/gated-cluster.ts';
import { BUSYBOX, TOOLS } from '../bench/images.ts';
import {
  apply,
  createPod,
  kubectl,
  kubectlOk,
  newNamespace,
  type RunningPod,
  startPod,
  useNode,
} from '../support/cluster.ts';
import { addEphemeral } from '../support/ephemeral.ts';

const STATUS = `id; grep -E '^(CapBnd|CapEff|NoNewPrivs|Seccomp):' /proc/self/status`;
const SIZE = { requests: { cpu: '20m' }, limits: { cpu: '100m' } };
const SLEEP = { image: BUSYBOX, command: ['sleep', '3600'] };

let namespace = '';
beforeAll(async () => {
  if (inject('node').missing === undefined) namespace = await newNamespace(AGENTS_TIER);
});
useNode();

/** The lines of STATUS under user 1000 without any capability. */
function expectRestricted(said: string): void {
  expect(said).toMatch(/uid=1000\b.*\bgid=/);
  expect(said).toMatch(/CapBnd:\s+0{16}/);
  expect(said).toMatch(/CapEff:\s+0{16}/);
  expect(said).toMatch(/NoNewPrivs:\s+1/);
  expect(said).toMatch(/Seccomp:\s+2/);
}

describe('a pod that says nothing about security', () => {
  let pod: RunningPod;
  beforeAll(async () => {
    if (inject('node').missing !== undefined) return;
    await apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data: { key: 'value' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace }, stringData: { id: 'secret' } },
    );
    pod = await startPod({
      namespace,
      spec: {
        automountServiceAccountToken: true,
        initContainers: [
          {
            name: 'first',
            image: BUSYBOX,
            command: ['sh', '-c', `${STATUS}; touch /data/first`],
            volumeMounts: [mountAt('data')],
          },
          { name: 'sidecar', ...SLEEP, restartPolicy: 'Always' },
        ],
        containers: [
          { name: 'app', ...SLEEP, resources: SIZE, volumeMounts: ['data', 'settings', 'keys', 'mixed'].map(mountAt) },
        ],
        volumes: [
          { name: 'data', emptyDir: {} },
          { name: 'settings', configMap: { name: 'settings' } },
          { name: 'keys', secret: { secretName: 'keys', defaultMode: 0o400 } },
          {
            name: 'mixed',
            projected: { sources: [{ secret: { name: 'keys' } }, { configMap: { name: 'settings' } }] },
          },
        ],
      },
    });
  });
  afterAll(async () => {
    await pod?.remove();
  });

  test('runs as user 1000 without a capability, with seccomp and without new privileges', async () => {
    expectRestricted(await pod.shell(STATUS));
  });

  test('has a sidecar that runs in the same way', async () => {
    expectRestricted(await pod.shell(STATUS, 'sidecar'));
  });

  test('had an init container that ran in the same way', async () => {
    expectRestricted(await pod.logs('first'));
  });

  test('writes to its emptyDir by fsGroup, and reads what the init container left there', async () => {
    expect(await pod.shell('ls -ldn /data | cut -c1-10; touch /data/mine && ls -ln /data')).toMatch(
      /^drwxrwsrwx[\s\S]* 1000 +1000 .*first\n.* 1000 +1000 .*mine/,
    );
  });

  test('reads a config map, and a secret of mode 0400, which fsGroup makes readable', async () => {
    expect(await pod.shell('cat /settings/key; cat /keys/id; cat /mixed/id /mixed/key')).toBe('valuesecretsecretvalue');
    expect(await pod.shell('ls -lnL /keys/id')).toMatch(/^-r--r----- +1 0 +1000 /);
  });

  test('reads its service account token', async () => {
    const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
    expect(await pod.shell(`cut -c1-2 ${folder}/token; ls -lnL ${folder}/token`)).toMatch(
      /^ey\n-rw-r----- +1 \d+ +1000 /,
    );
  });

  test('cannot write to the folders that are root’s, but to /tmp', async () => {
    const { code, output } = await pod.exec(['sh', '-c', 'touch /root/x']);
    expect([code, output]).toEqual([1, expect.stringContaining('Permission denied')]);
    expect(await pod.shell('touch /tmp/x && echo written')).toBe('written\n');
  });

  test('gets an ephemeral container that runs in the same way', async () => {
    await addEphemeral(pod, { name: 'debug', ...SLEEP });
    expectRestricted(await pod.shell(STATUS, 'debug'));
  });

  test('is resized in place, and keeps what was filled in', async () => {
    const patch = {
      spec: { containers: [{ name: 'app', resources: { requests: { cpu: '50m' }, limits: { cpu: '200m' } } }] },
    };
    const patched = ['patch', 'pod', pod.name, '-n', namespace, '--subresource=resize', '-p', JSON.stringify(patch)];
    await kubectlOk(patched);
    const isResized = async (): Promise<boolean> =>
      (await pod.shell('cat /sys/fs/cgroup/cpu.max')).startsWith('20000 ');
    await waitFor(isResized, { within: 60_000, what: 'the limit is in force' });
    expectRestricted(await pod.shell(STATUS));
  });
});

test('a pod with hostUsers false runs as its user in a namespace of its own, and its volumes are mapped', async () => {
  const pod = await startPod({
    namespace,
    spec: {
      hostUsers: false,
      containers: [{ name: 'app', ...SLEEP, volumeMounts: [mountAt('data')] }],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
  });
  const said = await pod.shell(`${STATUS}; cat /proc/self/uid_map; touch /data/x; ls -ln /data/x /etc/passwd`);
  expectRestricted(said);
  expect(said).toMatch(/^ +0 +[1-9]\d{4,} +65536$/m);
  expect(said).toMatch(/ 1000 +1000 .*\/data\/x/);
  expect(said).toMatch(/ 0 +0 .*\/etc\/passwd/);
});

test('ssh takes a private key from a secret of mode 0400', async () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  await apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'ssh', namespace },
    stringData: { id: privateKey },
  });
  const pod = await startPod({
    namespace,
    spec: {
      containers: [{ name: 'app', image: TOOLS, command: ['sleep', '3600'], volumeMounts: [mountAt('ssh')] }],
      volumes: [{ name: 'ssh', secret: { secretName: 'ssh', defaultMode: 0o400 } }],
    },
  });
  // fsGroup makes it 0440. To ssh that is too open only where the file belongs to the user, and it belongs to root.
  expect(await pod.shell('stat -L -c "%u:%g %a" /ssh/id; ssh-keygen -y -f /ssh/id')).toMatch(
    /^0:1000 440\necdsa-sha2-nistp256 /,
  );
});

test('a read-only root file system that a container asks for stays one', async () => {
  const containers = [{ name: 'app', ...SLEEP, securityContext: { readOnlyRootFilesystem: true } }];
  const pod = await startPod({ namespace, spec: { containers } });
  const { code, output } = await pod.exec(['touch', '/tmp/x']);
  expect([code, output]).toEqual([1, expect.stringContaining('Read-only file system')]);
});

test('a Deployment’s pods run in the same way', async () => {
  const metadata = { name: 'web', namespace };
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', ...SLEEP }] } };
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template };
  await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
  await kubectlOk(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s']);
  const { stdout } = await kubectl(['exec', 'deployment/web', '-n', namespace, '--', 'sh', '-c', STATUS]);
  expectRestricted(stdout);
  await kubectlOk(['delete', 'deployment', 'web', '-n', namespace, '--wait=false']);
});

test('a pod that asks for more than the level is refused, and nothing starts', async () => {
  const containers = [{ name: 'app', ...SLEEP, securityContext: { privileged: true } }];
  await expect(createPod({ namespace, spec: { containers } })).rejects.toThrow('privileged');
});

function mountAt(name: string): { readonly name: string; readonly mountPath: string } {
  return { name, mountPath: `/${name}` };
}
