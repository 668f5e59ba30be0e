// Connections to running pods: who may exec, attach, forward ports and use the proxy, and that whatever is not known is refused.
import { describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import type { Gate, PodAnswer } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import { CONNECTIONS } from '../../src/rules/connection.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { exceptionYaml } from '../support/exceptions.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const POD: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'agents', labels: { app: 'sandbox' } },
  spec: { containers: [{ name: 'agent' }] },
};

const DOORS = `match: { objectSelector: { matchLabels: { app: sandbox } } }
connect:
  exec: { groups: [sre], containers: [agent], commands: [[id]] }
  attach: Deny
  portForward: { users: [jane] }
  proxy: Deny
  ephemeralContainers: Deny`;

const SRE = { username: 'kim', groups: ['sre'] };

function asking(gate: Gate, answer: PodAnswer | undefined): Gate {
  return { ...gate, surroundings: { ...gate.surroundings, ...(answer && { pod: () => answer }) } };
}

function connection(kind: string, options: JsonObject = {}, overrides: Partial<Subject> = {}): Subject {
  return subjectOf(
    { apiVersion: 'v1', kind: 'PodExecOptions', ...options },
    {
      operation: 'CONNECT',
      kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
      resource: 'pods',
      subresource: kind,
      name: 'web',
      namespace: 'agents',
      user: SRE,
      ...overrides,
    },
  );
}

function decide(
  texts: string | readonly string[],
  subject: Subject,
  answer: PodAnswer | undefined = { pod: POD },
): Decision {
  return validate(subject, asking(gateOf(texts, { agents: {} }), answer));
}

function refusedBy({ findings }: Decision): readonly string[] {
  return findings.filter(({ action }) => action === 'Deny').map(({ check, detail }) => `${check}: ${detail}`);
}

const POLICY = policyYaml('doors', DOORS);

describe('an exec', () => {
  test('of a user who may, into a container and of a command that are named, passes', () => {
    const decision = decide(POLICY, connection('exec', { container: 'agent', command: ['id'] }));
    expect(decision).toMatchObject({ verdict: 'allowed', policies: ['doors'], findings: [] });
  });

  test('without a container means the only one of the pod, as the API server chooses it', () => {
    expect(decide(POLICY, connection('exec', { command: ['id'] })).verdict).toBe('allowed');
    expect(decide(POLICY, connection('exec', { container: '', command: ['id'] })).verdict).toBe('allowed');
    const two = { ...POD, spec: { containers: [{ name: 'agent' }, { name: 'side' }] } };
    expect(refusedBy(decide(POLICY, connection('exec', { command: ['id'] }), { pod: two }))).toEqual([
      'connectExec: the request names no container and not one of those allowed: "agent"',
    ]);
  });

  test.each<[string, JsonObject, Partial<Subject>, string]>([
    [
      'another user',
      { command: ['id'] },
      { user: { username: 'eve', groups: [] } },
      'user "eve" may not (allowed: group "sre")',
    ],
    [
      'a user without a name',
      { command: ['id'] },
      { user: { username: '', groups: [] } },
      'a user without a name may not (allowed: group "sre")',
    ],
    [
      'another container',
      { container: 'side', command: ['id'] },
      {},
      'container "side" is not one of those allowed: "agent"',
    ],
    ['an argument more', { command: ['id', '-u'] }, {}, 'command ["id","-u"] is not one of those allowed: ["id"]'],
    [
      'a command that only begins alike',
      { command: ['id\n'] },
      {},
      'command ["id\\n"] is not one of those allowed: ["id"]',
    ],
    ['no command', {}, {}, 'command [] is not one of those allowed: ["id"]'],
    ['a command of another type', { command: 'id' }, {}, 'command [] is not one of those allowed: ["id"]'],
  ])('of %s is refused', (_, options, overrides, detail) => {
    expect(refusedBy(decide(POLICY, connection('exec', options, overrides)))).toEqual([`connectExec: ${detail}`]);
  });

  test('into a pod that the policy does not match passes', () => {
    const other = { ...POD, metadata: { name: 'web', namespace: 'agents' } };
    expect(decide(POLICY, connection('exec', { command: ['sh'] }), { pod: other })).toMatchObject({
      skip: 'no-policy',
    });
  });

  test('is judged by the labels that the pod has, and by conditions on the request', () => {
    const policy = policyYaml(
      'people',
      `match: { conditions: [{ name: people, expression: "request.operation == 'CONNECT' && !request.userInfo.username.startsWith('system:')" }] }
connect: { exec: Deny, attach: Deny, ephemeralContainers: Deny }`,
    );
    expect(decide(policy, connection('exec')).verdict).toBe('denied');
    const robot = { user: { username: 'system:serviceaccount:a:b', groups: [] } };
    expect(decide(policy, connection('exec', {}, robot)).verdict).toBe('skipped');
  });

  test('is refused by each policy that it violates, and by none that says nothing of it', () => {
    const other = policyYaml('floor', 'connect: { exec: { groups: [] }, attach: Deny, ephemeralContainers: Deny }');
    const none = policyYaml('level', 'podSecurity: { level: restricted }');
    const { policies, findings } = decide([POLICY, other, none], connection('exec', { command: ['id'] }));
    expect(policies).toEqual(['doors', 'floor']);
    expect(findings.map(({ policy }) => policy)).toEqual(['floor']);
  });
});

describe('a container of a capability class', () => {
  const open = policyYaml(
    'open',
    'connect: { exec: { groups: [sre] }, attach: { groups: [sre] }, ephemeralContainers: Deny }',
  );
  const named = policyYaml(
    'named',
    'connect: { exec: { containers: [docker-daemon] }, attach: Deny, ephemeralContainers: Deny }',
  );
  const granted = { ...POD, spec: { initContainers: [{ name: 'docker-daemon' }], containers: [{ name: 'agent' }] } };

  test.each(['exec', 'attach'])('is closed to %s unless it is named', (kind) => {
    const into = connection(kind, { container: 'docker-daemon', command: ['sh'] });
    const [refusal] = refusedBy(decide([open, DOCKER_CLASS], into, { pod: granted }));
    expect(refusal).toContain(
      'container "docker-daemon" is one of capability class "docker", and not among those that are named',
    );
    expect(decide([open, DOCKER_CLASS], connection(kind, { container: 'agent' }), { pod: granted }).verdict).toBe(
      'allowed',
    );
  });

  test('is open where it is named', () => {
    const into = connection('exec', { container: 'docker-daemon' });
    expect(decide([named, DOCKER_CLASS], into, { pod: granted }).verdict).toBe('allowed');
  });

  test('is closed although the pod does not ask for the class any more: its annotation can be taken off, its containers cannot', () => {
    const into = connection('exec', { container: 'docker-daemon' });
    expect(decide([open, DOCKER_CLASS], into, { pod: granted }).verdict).toBe('denied');
  });

  test('is not reached by leaving out the container', () => {
    const only = { ...POD, spec: { containers: [{ name: 'docker-daemon' }] } };
    expect(decide([open, DOCKER_CLASS], connection('exec'), { pod: only }).verdict).toBe('denied');
    const two = { ...POD, spec: { containers: [{ name: 'agent' }, { name: 'docker-daemon' }] } };
    expect(decide([open, DOCKER_CLASS], connection('exec'), { pod: two }).verdict).toBe('denied');
  });
});

test.each([
  ['attach', SRE, 'connectAttach: user "kim" may not (nobody may)'],
  ['portforward', SRE, 'connectPortForward: user "kim" may not (allowed: user "jane")'],
  ['portforward', { username: 'jane', groups: [] }, undefined],
  ['proxy', SRE, 'connectProxy: user "kim" may not (nobody may)'],
])('%s by %o is judged by its own key', (kind, user, refusal) => {
  expect(refusedBy(decide(POLICY, connection(kind, {}, { user })))).toEqual(refusal ? [refusal] : []);
});

describe('a pod that is not known', () => {
  test.each<[string, PodAnswer | undefined, string]>([
    ['that could not be looked up', 'unknown', 'could not be looked up'],
    ['that nobody looked up', undefined, 'could not be looked up'],
    ['that is not there', 'absent', 'was not found'],
    ['of another shape', { pod: { metadata: 3, spec: 'x' } }, 'could not be looked up'],
  ])('%s is refused, whatever the user may', (_, answer, what) => {
    for (const kind of CONNECTIONS) {
      const subject = connection(kind, { command: ['id'] });
      const decision = validate(subject, asking(gateOf(POLICY, { agents: {} }), answer));
      expect(decision.verdict, kind).toBe('denied');
      expect(decision.findings[0]?.detail).toBe(`pod "web" ${what}, and the policy decides who may connect to pods`);
    }
  });

  test('is refused by no policy that cannot match it or says nothing of the kind of connection', () => {
    const elsewhere = policyYaml(
      'elsewhere',
      'match: { namespaceSelector: { matchLabels: { tier: x } } }\nconnect: { proxy: Deny }',
    );
    const jobs = policyYaml('jobs', 'match: { kinds: [Job.batch] }\nconnect: { proxy: Deny }');
    const exec = policyYaml('exec', 'connect: { exec: Deny, attach: Deny, ephemeralContainers: Deny }');
    expect(decide([elsewhere, jobs, exec], connection('proxy'), 'unknown')).toMatchObject({ skip: 'no-policy' });
  });

  test('only warns where the policy only warns', () => {
    const policy = policyYaml('soft', `validationActions: [Warn]\n${DOORS}`);
    expect(decide(policy, connection('attach'), 'unknown')).toMatchObject({
      verdict: 'allowed',
      findings: [{ action: 'Warn' }],
    });
  });
});

test('where the labels of the namespace are not known, a policy that depends on them refuses', () => {
  const policy = policyYaml(
    'by-tier',
    'match: { namespaceSelector: { matchLabels: { tier: x } } }\nconnect: { proxy: Deny }',
  );
  const decision = validate(connection('proxy'), asking(gateOf(policy), { pod: POD }));
  expect(refusedBy(decision)).toEqual([
    'namespaceLabels: a policy depends on the labels of namespace "agents", and they are not known',
  ]);
});

describe('the pod that the proxy is asked for', () => {
  const proxy = policyYaml(
    'web',
    'match: { objectSelector: { matchLabels: { app: sandbox } } }\nconnect: { proxy: Deny }',
  );
  const gate: Gate = { ...gateOf(proxy, { agents: {} }) };
  const knowing = (pod: JsonObject): Gate => ({
    ...gate,
    surroundings: { ...gate.surroundings, pod: (_, name) => (name === 'web' ? { pod } : 'absent') },
  });
  const open = { ...POD, metadata: { name: 'web', namespace: 'agents' } };

  test.each(['web', 'web:8080', 'web:http', 'http:web:8080', 'https:web:8443', ':web:8080', 'https:web:', 'web:'])(
    'as %s is the one called web, as the API server reads it',
    (name) => {
      expect(validate(connection('proxy', {}, { name }), knowing(POD)).verdict).toBe('denied');
      expect(validate(connection('proxy', {}, { name }), knowing(open)).verdict).toBe('skipped');
    },
  );

  test.each(['ftp:web:80', 'https:web:80:80', 'x:web:', ':web', ''])(
    'as %s is one that the API server refuses, and is refused',
    (name) => {
      expect(validate(connection('proxy', {}, { name }), knowing(open)).verdict).toBe('denied');
    },
  );

  test('is named with a port by nobody who execs, attaches or forwards ports', () => {
    const doors = asking(gateOf(POLICY, { agents: {} }), undefined);
    const surroundings: Gate['surroundings'] = {
      ...doors.surroundings,
      pod: (_, name) => (name === 'web' ? { pod: open } : 'absent'),
    };
    for (const kind of ['exec', 'attach', 'portforward']) {
      expect(validate(connection(kind, {}, { name: 'web:80' }), { ...doors, surroundings }).verdict, kind).toBe(
        'denied',
      );
    }
  });
});

describe('other requests', () => {
  test('of CONNECT are left alone: other resources, other subresources, and where no policy judges connections', () => {
    for (const overrides of [
      { resource: 'services' },
      { resource: 'nodes', subresource: 'proxy' },
      { subresource: 'log' },
    ]) {
      expect(decide(POLICY, connection('proxy', {}, overrides)).skip).toBe('operation-connect');
    }
    expect(decide(policyYaml('a', 'podSecurity: { level: baseline }'), connection('exec')).skip).toBe(
      'operation-connect',
    );
  });

  test('are never changed by the mutating webhook', () => {
    const subject = connection('exec', { command: ['sh'] });
    expect(mutate(subject, asking(gateOf(POLICY, { agents: {} }), 'unknown'))).toMatchObject({
      skip: 'operation-connect',
    });
  });

  test('about pods are not judged by what is about connections', () => {
    const pod = subjectOf({ ...POD });
    expect(validate(pod, gateOf(POLICY, { agents: {} }))).toMatchObject({ verdict: 'allowed', findings: [] });
  });

  test('that add an ephemeral container are judged by who sends them', () => {
    const after = { ...POD, spec: { containers: [{ name: 'agent' }], ephemeralContainers: [{ name: 'debug' }] } };
    const update = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: POD, user: SRE };
    expect(refusedBy(validate(subjectOf(after, update), gateOf(POLICY, { agents: {} })))).toEqual([
      'connectEphemeralContainers: user "kim" may not (nobody may)',
    ]);
    const label = { ...after, metadata: { name: 'web', namespace: 'agents', labels: { app: 'sandbox', more: 'yes' } } };
    const later = { operation: 'UPDATE', oldObject: after, user: SRE };
    expect(validate(subjectOf(label, later), gateOf(POLICY, { agents: {} })).verdict).toBe('allowed');
  });
});

test('a check of connections has actions and exceptions as any other', () => {
  const soft = policyYaml('p', `checks: { connectAttach: { validationActions: [Warn] } }\n${DOORS}`);
  expect(decide(soft, connection('attach'))).toMatchObject({ verdict: 'allowed', findings: [{ action: 'Warn' }] });
  const policy = policyYaml('p', `exceptions: { allow: true }\n${DOORS}`);
  const exception = exceptionYaml('shell', 'checks: [connectExec], containers: [agent]');
  const gate = { ...asking(gateOf([policy, exception], { agents: {} }), { pod: POD }), now: Date.UTC(2027, 0, 1) };
  const into = connection('exec', { container: 'agent', command: ['sh'] });
  expect(validate(into, gate)).toMatchObject({
    verdict: 'allowed',
    findings: [{ check: 'connectExec', action: 'Audit', excepted: { name: 'agents/shell' } }],
  });
});

test('an exception for one container covers no connection to the ports of a pod that has another one', () => {
  const policy = policyYaml('p', `exceptions: { allow: true }\n${DOORS}`);
  const exception = exceptionYaml('ports', 'checks: [connectPortForward, connectProxy], containers: [agent]');
  const decided = (kind: string, pod: JsonObject): Decision => {
    const gate = { ...asking(gateOf([policy, exception], { agents: {} }), { pod }), now: Date.UTC(2027, 0, 1) };
    return validate(connection(kind), gate);
  };
  const beside = { ...POD, spec: { containers: [{ name: 'agent' }], initContainers: [{ name: 'database' }] } };
  for (const kind of ['portforward', 'proxy']) {
    expect(decided(kind, beside).verdict, kind).toBe('denied');
    expect(decided(kind, POD).verdict, kind).toBe('allowed');
  }
});

test('the reply names the pod, the user and the command that explains the check', () => {
  const request = {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'PodAttachOptions' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: 'attach',
    operation: 'CONNECT',
    name: 'web',
    namespace: 'agents',
    userInfo: { username: 'eve' },
    object: { apiVersion: 'v1', kind: 'PodAttachOptions', stdin: true },
    oldObject: null,
  };
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const gate = asking(gateOf(POLICY, { agents: {} }), { pod: POD });
  expect(handleReview(body, 'validate', gate)).toMatchObject({
    reply: {
      response: {
        allowed: false,
        status: {
          message:
            'pods "web" is forbidden: violates IsolationPolicy "doors": attach to the pod (user "eve" may not (nobody may)). ' +
            'To fix: connectAttach: ask somebody who may, or an administrator to name the user or the container under connect.attach ' +
            '(policy "doors"). See: sandgate explain connectAttach',
        },
      },
    },
  });
});

test('an author who closes exec alone is told of the other ways in', () => {
  const text = policyYaml('half', 'connect: { exec: Deny }');
  const loaded = loadPolicies([{ file: 'policy.yaml', text }]);
  expect(loaded.ok && loaded.warnings.map(({ line, message }) => [line, message])).toEqual([
    [
      6,
      '/spec/connect/exec: says nothing of attach and ephemeralContainers: users who may not exec can still get in that way, as far as RBAC lets them',
    ],
  ]);
});

test('an author whose policy names kinds without Pod is told that connections are to pods', () => {
  const spec =
    'match: { kinds: [Sandbox.agents.x-k8s.io] }\nconnect: { exec: Deny, attach: Deny, ephemeralContainers: Deny }';
  const loaded = loadPolicies([{ file: 'policy.yaml', text: policyYaml('sandboxes', spec) }]);
  expect(loaded.ok && loaded.warnings.map(({ message }) => message)).toEqual([
    '/spec/connect: has no effect on connections: match.kinds does not name Pod, and connections are to pods',
  ]);
});

function selectedBy(expression: string): string {
  return `match: { objectSelector: { matchExpressions: [${expression}] } }`;
}

describe('a policy that selects pods by labels', () => {
  const CLOSED = 'connect: { exec: Deny, attach: Deny, ephemeralContainers: Deny }';
  const warnings = (spec: string): readonly string[] => {
    const loaded = loadPolicies([{ file: 'policy.yaml', text: policyYaml('p', `${spec}\n${CLOSED}`) }]);
    return loaded.ok ? loaded.warnings.map(({ message }) => message) : ['refused'];
  };
  const APP = 'match: { objectSelector: { matchLabels: { app: sandbox } } }';

  test.each<[string, string]>([
    ['add', 'metadata: { labels: { add: { app: sandbox } } }'],
    ['reserved', 'metadata: { labels: { reserved: [{ keys: ["a*"], users: [controller] }] } }'],
  ])('that it holds with %s is left by no update, and its pods stay closed', (_, held) => {
    expect(warnings(`${APP}\n${held}`)).toEqual([]);
    const gate = gateOf(policyYaml('p', `${APP}\n${held}\n${CLOSED}`), { agents: {} });
    for (const changed of [{}, { app: 'other' }]) {
      const after = { ...POD, metadata: { name: 'web', namespace: 'agents', labels: changed } };
      const update = { operation: 'UPDATE', oldObject: POD, user: SRE };
      expect(validate(subjectOf(after, update), gate).verdict).toBe('denied');
    }
  });

  test.each<[string, string]>([
    ['a label', APP],
    [
      'one of two labels',
      'match: { objectSelector: { matchLabels: { app: sandbox, tier: a } } }\nmetadata: { labels: { add: { tier: a } } }',
    ],
    ['another value of the label', `${APP}\nmetadata: { labels: { add: { app: other } } }`],
    ['a label that is only required', `${APP}\nmetadata: { labels: { required: [app] } }`],
    ['one of some values', selectedBy('{ key: app, operator: In, values: [a, b] }')],
    ['a label that is there', selectedBy('{ key: app, operator: Exists }')],
    ['a label that is not there', selectedBy('{ key: app, operator: DoesNotExist }')],
    ['other values', selectedBy('{ key: app, operator: NotIn, values: [a] }')],
  ])('by %s, and does not hold them, is warned about', (_, spec) => {
    expect(warnings(spec)).toEqual([
      expect.stringContaining('/spec/match/objectSelector: connections are judged by the labels that a pod has then'),
    ]);
    expect(warnings(spec)[0]).toContain('by "app"');
  });

  test.each<[string, string]>([
    [
      'one of some values',
      `${selectedBy('{ key: app, operator: In, values: [a, b] }')}\nmetadata: { labels: { add: { app: b } } }`,
    ],
    [
      'a label that is there',
      `${selectedBy('{ key: app, operator: Exists }')}\nmetadata: { labels: { required: [app] } }`,
    ],
    [
      'a label that is not there',
      `${selectedBy('{ key: app, operator: DoesNotExist }')}\nmetadata: { labels: { forbidden: [app] } }`,
    ],
    ['labels of the namespace', 'match: { namespaceSelector: { matchLabels: { tier: a } } }'],
    ['nothing', 'priority: 1'],
  ])('by %s, and holds them, is not warned about', (_, spec) => {
    expect(warnings(spec)).toEqual([]);
  });
});
