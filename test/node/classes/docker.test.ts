// Class docker on a node: the daemon of each implementation starts, and does what people want a Docker daemon for.
import { describe, expect, test } from 'vitest';
import { at } from '../../cluster/control-plane/at.ts';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { BUSYBOX } from '../bench/images.ts';
import { createPod, kubectlOk, newNamespace, skipOnForeignNode, useNode, whenReady } from '../support/cluster.ts';
import { ASKING, DAEMON, importImage, startBuild } from '../support/docker.ts';
import { type Tier, tierLabels } from '../support/policies.ts';

useNode();

const FORMS: readonly { readonly form: string; readonly tier: Tier }[] = [
  { form: 'rootless, which the class chooses', tier: 'chosen' },
  { form: 'rootless-tun-host-path', tier: 'rootless-tun-host-path' },
  { form: 'privileged', tier: 'privileged' },
];

describe.each(FORMS)('the daemon of the implementation $form', ({ tier }) => {
  test('starts, and a workload without any privilege runs, builds and publishes with it', async (context) => {
    if (tier === 'rootless-tun-host-path') skipOnForeignNode(context);
    const pod = await startBuild({ tier });
    const status = await pod.shell("id -u; grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status");
    expect(status).toMatch(/^1000\nCapBnd:\s+0{16}\nNoNewPrivs:\s+1\nSeccomp:\s+2\n/);
    expect(await pod.shell("docker info --format '{{.Driver}}'")).toContain('overlay');
    await importImage(pod);
    // As root of its own container, with an address of its own and a way out of it.
    const inside = await pod.shell("docker run --rm box /bin/sh -c 'id -u; ip route'");
    expect(inside).toMatch(/^0\ndefault via 172\.17\.0\.1/);
    const dockerfile = 'FROM box\\nRUN touch /built\\n';
    const build = `mkdir -p /tmp/build && cd /tmp/build && printf '${dockerfile}' > Dockerfile && DOCKER_BUILDKIT=0 docker build -t built .`;
    await pod.shell(build);
    expect(await pod.shell('docker run --rm built /bin/ls /built')).toBe('/built\n');
    const serve = 'mkdir /www && echo served > /www/index.html && httpd -f -p 80 -h /www';
    await pod.shell(`docker run -d --name web -p 8080:80 box /bin/sh -c '${serve}'`);
    const ask = 'for _ in 1 2 3 4 5; do wget -q -O - http://127.0.0.1:8080/ && break; sleep 1; done';
    expect(await pod.shell(ask)).toBe('served\n');
    // Nobody listens on Docker's ports: the socket is all there is, and its folder cannot be written to.
    expect(await pod.shell('netstat -ltn')).not.toMatch(/:237[56]\b/);
    expect((await pod.exec(['touch', '/run/docker-socket/x'])).output).toContain('Read-only file system');
  });
});

test('two pods of one namespace have a daemon each, and neither sees the other’s containers', async () => {
  const namespace = await newNamespace(tierLabels('chosen'));
  const [first, second] = await Promise.all([
    startBuild({ tier: 'chosen', namespace }),
    startBuild({ tier: 'chosen', namespace }),
  ]);
  await importImage(first);
  await first.shell('docker run -d --name mine box /bin/sleep 600');
  expect(await first.shell("docker ps --format '{{.Names}}'")).toBe('mine\n');
  expect(await second.shell("docker ps -a --format '{{.Names}}'")).toBe('');
});

test('a daemon that dies is started again, and keeps its images', async () => {
  const pod = await startBuild({ tier: 'chosen' });
  await importImage(pod);
  await pod.exec(['sh', '-c', 'kill -9 $(pidof dockerd)'], DAEMON);
  const restarted = async (): Promise<boolean> => {
    const { object } = await whenReady(pod.namespace, pod.name);
    const daemon = at(object, 'status', 'initContainerStatuses', 1);
    return Number(at(daemon, 'restartCount')) > 0 && at(daemon, 'ready') === true;
  };
  await waitFor(restarted, { within: 120_000, what: 'the daemon has been started again' });
  expect(await pod.shell('docker image ls -q box')).not.toBe('');
});

test('the node’s own tun device beside hostUsers false starts nowhere, which is why no form of the class has it', async (context) => {
  skipOnForeignNode(context);
  const namespace = await newNamespace();
  const name = await createPod({
    namespace,
    spec: {
      hostUsers: false,
      containers: [
        {
          name: 'app',
          image: BUSYBOX,
          command: ['sleep', '3600'],
          volumeMounts: [{ name: 'tun', mountPath: '/dev/net/tun' }],
        },
      ],
      volumes: [{ name: 'tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } }],
    },
  });
  const reason = async (): Promise<string | false> => {
    const events = await kubectlOk(['get', 'events', '-n', namespace, '-o', 'jsonpath={.items[*].message}']);
    return events.includes('MOUNT_ATTR_IDMAP') && events;
  };
  const said = await waitFor(reason, { within: 60_000, what: 'the kubelet says why the pod does not start' });
  expect(said).toMatch(/failed to set MOUNT_ATTR_IDMAP on \S*\/dev\/net\/tun: invalid argument/);
  await kubectlOk(['delete', 'pod', name, '-n', namespace, '--now', '--wait=false']);
});

test('a pod under a RuntimeClass that the node does not have is told so by the kubelet, and gets no other daemon', async (context) => {
  skipOnForeignNode(context);
  const namespace = await newNamespace(tierLabels('sysbox'));
  const containers = [{ name: 'app', image: BUSYBOX, command: ['sleep', '3600'] }];
  await createPod({ namespace, annotations: ASKING, spec: { containers } });
  const reason = async (): Promise<string | false> => {
    const events = await kubectlOk(['get', 'events', '-n', namespace, '-o', 'jsonpath={.items[*].message}']);
    return events.includes('sysbox-runc') && events;
  };
  expect(await waitFor(reason, { within: 60_000, what: 'the kubelet says why' })).toContain(
    'the handler "sysbox-runc" is not known',
  );
});
