// The jail that needs no privilege: it opens nothing, and is refused where it would hold nothing back.
import { describe, expect, test } from 'vitest';
import { containerOf, filled, podAsking, refusals, restrictedPolicy, shippedGate } from './shipped.ts';

const APP = { name: 'app', image: 'ghcr.io/acme/agent:1.4.2' };
const GATE = shippedGate(['landjail'], [restrictedPolicy('agents', '[{ name: landjail }]')]);

describe('landjail', () => {
  test('opens nothing: the container is as hardened as without it', () => {
    const pod = filled(podAsking('landjail'), GATE);
    expect(containerOf(pod, 'app')).toEqual({
      ...APP,
      env: [{ name: 'BOUNDARY_JAIL_TYPE', value: 'landjail' }],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    });
    expect(refusals(podAsking('landjail'), GATE)).toEqual([]);
  });

  test('works where nsjail does not', () => {
    expect(refusals(podAsking('landjail', { schedulerName: 'fargate-scheduler' }), GATE)).toEqual([]);
  });

  test.each(['gvisor', 'runsc'])('is refused under %s', (runtimeClassName) => {
    expect(refusals(podAsking('landjail', { runtimeClassName }), GATE)).toEqual([
      'capability_not_available: landjail (class "landjail" is not available here (gvisor))',
    ]);
  });

  test('is refused where a policy is going to make it gVisor', () => {
    const gate = shippedGate(
      ['landjail'],
      [restrictedPolicy('p', '[{ name: landjail }]', '  runtime: { default: gvisor }')],
    );
    expect(refusals(podAsking('landjail'), gate)).toEqual([
      'capability_not_available: landjail (class "landjail" is not available here (gvisor))',
    ]);
  });

  test('is not what a container says it is: another jail is a conflict', () => {
    const containers = [{ ...APP, env: [{ name: 'BOUNDARY_JAIL_TYPE', value: 'nsjail' }] }];
    expect(refusals(podAsking('landjail', { containers }), GATE)).toEqual([
      'capability_env_conflict: BOUNDARY_JAIL_TYPE (value is "nsjail", class "landjail" has "landjail")',
    ]);
  });
});
