// Class nsjail and landjail on a node: the namespaces that nsjail makes can be made, and no more is open than the form says.
import { describe, expect, test } from 'vitest';
import { type RunningPod, skipOnForeignNode, useNode } from '../support/cluster.ts';
import { expectJail, JAIL, SECCOMP, startJail } from '../support/jail.ts';
import { onNode } from '../support/on-node.ts';

useNode();

const NODE_PROFILE = 'sandgate.dev/node-profile';

/** A network namespace without a user namespace around it, by a program with these file capabilities. */
const BARE = (program: string): string => `${program} --net ip -o link show dev lo`;
async function expectNoJail(pod: RunningPod, script: string): Promise<void> {
  const { code, output } = await pod.exec(['sh', '-c', script]);
  expect([code, output]).toEqual([expect.not.toBeOneOf([0]), expect.stringMatching(/not permitted|Permission denied/)]);
}

describe('nsjail, where user namespaces can be made', () => {
  test('amazon-linux: a user without privilege makes a jail, and has NET_ADMIN and nothing else', async () => {
    const pod = await startJail({});
    await expectJail(pod);
    const status = await pod.shell("grep -E '^(CapEff|CapBnd|NoNewPrivs):' /proc/self/status");
    expect(status).toMatch(/CapEff:\s+0{16}\nCapBnd:\s+0{12}1000\nNoNewPrivs:\s+0\n/);
    expect(await pod.shell(SECCOMP)).toMatch(/\t0\n/);
    // In the pod's own network a program with file capabilities can use what was granted.
    const address = 'exec -a busybox net-admin-busybox ip addr add 192.0.2.1/32 dev lo';
    await pod.exec(['bash', '-c', address]);
    expect(await pod.shell('ip -o addr show dev lo')).toContain('192.0.2.1/32');
  });

  test('bottlerocket: the same under a seccomp profile of the node', async (context) => {
    skipOnForeignNode(context);
    const pod = await startJail({ labels: { [NODE_PROFILE]: 'bottlerocket' } });
    await expectJail(pod);
    expect(await pod.shell(SECCOMP)).toMatch(/\t2\n/);
  });

  test.each(['bottlerocket-unconfined', 'bottlerocket-sys-admin'] as const)('%s: the same', async (form) => {
    const pod = await startJail({ tier: `nsjail-${form}` });
    await expectJail(pod);
  });
});

describe('nsjail, where a policy gives no user namespace', () => {
  test('no-user-namespace: NET_ADMIN alone makes no jail, as its README says', async () => {
    const pod = await startJail({ labels: { [NODE_PROFILE]: 'no-user-namespace' } });
    expect(await pod.shell('echo $BOUNDARY_NO_USER_NAMESPACE')).toBe('true\n');
    await expectNoJail(pod, JAIL);
    await expectNoJail(pod, BARE('net-admin-unshare'));
  });

  test('no-user-namespace-sys-admin: a program with file capabilities makes a bare network namespace', async () => {
    const pod = await startJail({ tier: 'nsjail-no-user-namespace-sys-admin' });
    expect(await pod.shell(BARE('sys-admin-unshare'))).toContain('LOOPBACK');
  });
});

test('where the node lets nobody make user namespaces, only the form with SYS_ADMIN makes a jail', async (context) => {
  skipOnForeignNode(context);
  const pods = {
    'amazon-linux': await startJail({}),
    'bottlerocket-sys-admin': await startJail({ tier: 'nsjail-bottlerocket-sys-admin' }),
    'no-user-namespace-sys-admin': await startJail({ tier: 'nsjail-no-user-namespace-sys-admin' }),
  };
  const before = await onNode('cat /proc/sys/user/max_user_namespaces');
  await onNode('echo 0 > /proc/sys/user/max_user_namespaces');
  try {
    // The limit holds for privileged processes, too (ENOSPC).
    for (const name of ['amazon-linux', 'bottlerocket-sys-admin'] as const) {
      const { code, output } = await pods[name].exec(['sh', '-c', JAIL]);
      expect([name, code, output]).toEqual([name, 1, expect.stringContaining('No space left on device')]);
    }
    expect(await pods['no-user-namespace-sys-admin'].shell(BARE('sys-admin-unshare'))).toContain('LOOPBACK');
  } finally {
    await onNode(`echo ${before.trim()} > /proc/sys/user/max_user_namespaces`);
  }
});

/** Landlock itself, as boundary uses it: a program gives up what it may do with files, without any privilege. */
function landlocked(command: string): readonly string[] {
  const access = '--landlock-access=fs:write-file,make-reg';
  const rule = '--landlock-rule=path-beneath:write-file,make-reg:/tmp';
  return ['setpriv', access, rule, 'sh', '-c', command];
}

test('landjail: the pod runs as the Restricted level wants it, and knows its jail type', async () => {
  const pod = await startJail({ capability: 'landjail' });
  const status = "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status; echo $BOUNDARY_JAIL_TYPE";
  expect(await pod.shell(status)).toMatch(/NoNewPrivs:\s+1\nSeccomp:\s+2\nlandjail\n/);
  expect(await pod.exec(landlocked('echo 1 > /tmp/mine && cat /tmp/mine'))).toEqual({ code: 0, output: '1\n' });
  const elsewhere = await pod.exec(landlocked('echo 1 > /dev/shm/mine'));
  expect([elsewhere.code, elsewhere.output]).toEqual([
    expect.not.toBeOneOf([0]),
    expect.stringContaining('Permission denied'),
  ]);
});
