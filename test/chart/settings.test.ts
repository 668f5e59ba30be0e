// What an operator tells the server by values, and what the chart keeps for itself.
import { describe, expect, test } from 'vitest';
import { isJsonObject } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { at, EVERY_VALUE, find, HOST_NETWORK, template, templateText } from './rendered.ts';

async function podOf(args: readonly string[]): Promise<unknown> {
  return at(find(await template(args), 'Deployment'), 'spec', 'template', 'spec');
}

async function argumentsOf(args: readonly string[]): Promise<readonly string[]> {
  const found = at(await podOf(args), 'containers', 0, 'args');
  if (!Array.isArray(found)) throw new Error('no arguments');
  return found.map(String);
}

/** The options that `sandgate serve --help` lists. */
async function flagsOfServe(): Promise<readonly string[]> {
  const { stdout } = await sandgate(folderWith({}), 'serve --help');
  return [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1] ?? '');
}

describe.concurrent('extraArgs', () => {
  test('every option of the server is set by the chart, is refused with a reason, or may be added', async () => {
    const flags = await flagsOfServe();
    expect(flags).toContain('--tls-cert');
    const free: string[] = [];
    for (const flag of flags) {
      // One of the two is how it is written.
      const refusals: string[] = [];
      for (const argument of [`${flag}=x`, flag]) {
        const rendered = template(['--set-json', `extraArgs=${JSON.stringify([argument])}`]);
        const refusal = await rendered.then(() => undefined, String);
        if (refusal === undefined) free.push(argument);
        else refusals.push(refusal);
      }
      if (refusals.length === 1) expect(refusals[0]).toMatch(/: --[a-z-]+ (takes no value|needs a value): expected --/);
      else expect(refusals[0]).toMatch(new RegExp(`extraArgs\\[0\\]: ${flag} is not taken here: \\w`));
    }
    expect(free).toEqual(['--host=x', '--metrics-host=x', '--metrics-on-webhook-port']);
    // And what the chart does set is among those that are refused.
    for (const { args } of [EVERY_VALUE, HOST_NETWORK]) {
      const set = (await argumentsOf(args)).slice(1).map((arg) => arg.replace(/=[\s\S]*/, ''));
      for (const flag of set) expect(flags).toContain(flag);
    }
  });

  test.each([
    [
      '--polices=restricted',
      'extraArgs[0]: sandgate serve 0.1.0 has no option --polices: expected one of --host, --metrics-host, --metrics-on-webhook-port',
    ],
    ['--metrics-on-webhook-port=true', 'extraArgs[0]: --metrics-on-webhook-port takes no value'],
    ['--host=', 'extraArgs[0]: --host needs a value: expected --host=value'],
    ['--port=9443', 'extraArgs[0]: --port is not taken here: set port'],
    ['--policies=restricted', 'extraArgs[0]: --policies is not taken here: set bundles or policies'],
    ['-p', 'extraArgs[0]: -p is not taken here: set bundles or policies'],
    ['-prestricted', 'extraArgs[0]: -p is not taken here'],
    ['--no-in-cluster', 'extraArgs[0]: --no-in-cluster is not taken here: its pods follow the cluster they run in'],
    ['restricted', 'extraArgs[0]: "restricted": expected --name or --name=value'],
    ['--host ::', 'extraArgs[0]: "--host ::": expected --name or --name=value'],
    ['--', 'expected --name or --name=value'],
    ['', 'expected --name or --name=value'],
    ['--host=::\n--port=1', 'expected --name or --name=value'],
    ['--Port=1', 'expected --name or --name=value'],
  ])('%j is refused', async (argument, says) => {
    await expect(templateText(['--set-json', `extraArgs=${JSON.stringify([argument])}`])).rejects.toThrow(says);
  });

  test('come last, each as it was written', async () => {
    const given = ['--host=::', '--metrics-host={{ "x" }} "quoted" #', '--metrics-on-webhook-port'];
    const args = await argumentsOf(['--set-json', `extraArgs=${JSON.stringify(given)}`]);
    expect(args.slice(-3)).toEqual(given);
  });
});

describe.concurrent('tracing', () => {
  const endpoint = 'http://otel-collector.observability:4318';

  test('the server is told that it is to trace, and where to', async () => {
    const args = ['--set', `tracing.enabled=true,tracing.endpoint=${endpoint}`];
    expect(await argumentsOf(args)).toContain('--traces');
    expect(at(await podOf(args), 'containers', 0, 'env')).toEqual([
      { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: endpoint },
    ]);
  });

  test('by default it is not, and has no such variable', async () => {
    expect(await argumentsOf([])).not.toContain('--traces');
    expect(at(await podOf([]), 'containers', 0, 'env')).toBeUndefined();
  });

  test('what cannot work is refused', async () => {
    await expect(templateText(['--set', 'tracing.enabled=true'])).rejects.toThrow(
      /tracing\.endpoint: is empty: set it to where a collector/,
    );
    await expect(templateText(['--set', 'tracing.endpoint=collector:4318'])).rejects.toThrow(/endpoint/);
    const twice = ['--set-json', 'extraEnv=[{"name":"OTEL_EXPORTER_OTLP_ENDPOINT","value":"http://x"}]'];
    await expect(templateText(twice)).rejects.toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT is not taken here: set tracing.endpoint',
    );
  });
});

describe.concurrent('extraEnv', () => {
  test('is that of the container', async () => {
    expect(at(await podOf([]), 'containers', 0, 'env')).toBeUndefined();
    expect(at(await podOf(EVERY_VALUE.args), 'containers', 0, 'env')).toEqual([
      { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://otel-collector.observability:4318' },
      { name: 'NODE_OPTIONS', value: '--max-old-space-size-percentage=50 --max-semi-space-size=8' },
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ]);
  });

  test.each([
    ['[{"name":"CAPABILITY_IMPLEMENTATIONS","value":"{}"}]', /extraEnv\[0\]: .* set capabilityImplementations/],
    ['[{"name":"NODE_OPTIONS","value":"--max_old_space_size=128"}]', /extraEnv\[0\]: .* add --max-semi-space-size=8/],
    ['[{"name":"A","value":"1"},{"name":"A","value":"2"}]', /extraEnv\[1\]: A is not taken here: another one has/],
    ['[{"name":"A","value":"1","valueFrom":{}}]', /extraEnv\[0\]: A has both value and valueFrom/],
    ['[{"name":"A","value":1}]', /'\/extraEnv\/0\/value': got number, want string/],
    ['[{"name":"A","vaule":"1"}]', /additional properties 'vaule' not allowed/],
    ['{"A":"1"}', /'\/extraEnv': got object, want array/],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set-json', `extraEnv=${value}`])).rejects.toThrow(says);
  });
});

test('implementations come as the JSON that the server reads', async () => {
  const [argument = ''] = (await argumentsOf(EVERY_VALUE.args)).filter((arg) => arg.startsWith('--capability'));
  expect(argument.slice(0, argument.indexOf('='))).toBe('--capability-implementations');
  const named: unknown = JSON.parse(argument.slice(argument.indexOf('=') + 1));
  expect(named).toEqual({ docker: 'rootless', nsjail: 'user-namespace' });
  expect((await argumentsOf([])).join(' ')).not.toContain('--capability');
  await expect(templateText(['--set-json', 'capabilityImplementations={"docker":["rootless"]}'])).rejects.toThrow(
    /'\/capabilityImplementations\/docker': got array, want string/,
  );
  await expect(templateText(['--set-json', 'capabilityImplementations={"Docker":"rootless"}'])).rejects.toThrow(
    /Docker/,
  );
});

describe.concurrent('the CA of clients', () => {
  const mount = { name: 'client-ca', mountPath: '/etc/sandgate/client-ca', readOnly: true };

  test('is a key of a Secret, and nothing else of it', async () => {
    const pod = await podOf(EVERY_VALUE.args);
    const source = { secretName: 'api-server-ca', defaultMode: 0o440, items: [{ key: 'tls.crt', path: 'ca.crt' }] };
    expect(at(pod, 'volumes', 1)).toEqual({ name: 'client-ca', secret: source });
    expect(at(pod, 'containers', 0, 'volumeMounts', 1)).toEqual(mount);
    expect(await argumentsOf(EVERY_VALUE.args)).toEqual(
      expect.arrayContaining([
        '--client-ca=/etc/sandgate/client-ca/ca.crt',
        '--client-name=kube-apiserver',
        "--client-name=another, with 'quotes'",
      ]),
    );
  });

  test('the CA is read from a ConfigMap, for clients of any name', async () => {
    const pod = await podOf(HOST_NETWORK.args);
    const source = { name: 'api-server-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] };
    expect(at(pod, 'volumes', 1)).toEqual({ name: 'client-ca', configMap: source });
    expect(at(pod, 'containers', 0, 'volumeMounts', 1)).toEqual(mount);
    const args = await argumentsOf(HOST_NETWORK.args);
    expect(args).toContain('--client-ca=/etc/sandgate/client-ca/ca.crt');
    expect(args.filter((arg) => arg.startsWith('--client-name'))).toEqual([]);
  });

  test('is none by default', async () => {
    const pod = await podOf([]);
    expect(JSON.stringify([at(pod, 'volumes'), at(pod, 'containers', 0, 'volumeMounts')])).not.toContain('client-ca');
    expect((await argumentsOf([])).join(' ')).not.toContain('--client');
  });

  test.each([
    ['clientCA={"secretName":"a","configMapName":"b"}', 'clientCA: secretName and configMapName exclude each other'],
    ['clientCA.names=["kube-apiserver"]', 'clientCA.names: without a CA nobody can be told by name'],
    ['clientCA={"secretName":"a","key":"a/b"}', "'/clientCA/key'"],
    ['clientCA={"secretName":"a","names":[""]}', "'/clientCA/names/0'"],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set-json', value])).rejects.toThrow(says);
  });
});

describe.concurrent('labels', () => {
  test('common ones are on every object and on the pods; of two of one name that of the object counts', async () => {
    const objects = await template(EVERY_VALUE.args);
    for (const object of objects) {
      expect(at(object, 'metadata', 'labels', 'cost-centre')).toBe('42');
    }
    const deployment = find(objects, 'Deployment');
    expect(at(deployment, 'metadata', 'labels', 'team')).toBe('everybody');
    expect(at(deployment, 'spec', 'template', 'metadata', 'labels')).toMatchObject({
      'cost-centre': '42',
      team: 'platform',
      'app.kubernetes.io/name': 'gate',
    });
    expect(at(find(objects, 'ServiceMonitor'), 'metadata', 'labels')).toMatchObject({
      release: 'prometheus',
      team: 'monitoring',
    });
  });

  test('labels are in no selector: those of a Deployment cannot be changed', async () => {
    const selector = at(find(await template(EVERY_VALUE.args), 'Deployment'), 'spec', 'selector', 'matchLabels');
    expect(isJsonObject(selector) && Object.keys(selector).toSorted()).toEqual([
      'app.kubernetes.io/instance',
      'app.kubernetes.io/name',
    ]);
  });

  test.each(['app.kubernetes.io/name', 'helm.sh/chart', 'rbac.authorization.k8s.io/aggregate-to-admin'])(
    '%s is not theirs to set',
    async (label) => {
      const args = ['--set-json', `commonLabels={"${label}":"true"}`];
      await expect(templateText(args)).rejects.toThrow(`invalid propertyName '${label}'`);
    },
  );
});

describe.concurrent('how pods are spread and replaced', () => {
  test('own constraints replace ours, and are about our pods where they do not say', async () => {
    const spread = at(await podOf(EVERY_VALUE.args), 'topologySpreadConstraints');
    const ours = { 'app.kubernetes.io/name': 'gate', 'app.kubernetes.io/instance': 'sandgate' };
    expect(spread).toEqual([
      {
        maxSkew: 2,
        topologyKey: 'example.com/rack',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: ours },
      },
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { team: 'platform' } },
      },
    ]);
    expect(at(await podOf([]), 'topologySpreadConstraints', 1, 'topologyKey')).toBe('topology.kubernetes.io/zone');
  });

  test.each([
    ['updateStrategy={"maxSurge":0,"maxUnavailable":0}', 'updateStrategy: with neither maxSurge nor maxUnavailable'],
    ['updateStrategy={"maxSurge":"0%","maxUnavailable":0}', 'updateStrategy: with neither maxSurge nor maxUnavailable'],
    ['updateStrategy.maxSurge="1"', "'/updateStrategy/maxSurge'"],
    ['updateStrategy.maxSurge=-1', "'/updateStrategy/maxSurge'"],
    ['revisionHistoryLimit="3"', "'/revisionHistoryLimit': got string, want integer"],
    ['topologySpreadConstraints=[{"topologyKey":"a"}]', 'missing properties'],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set-json', value])).rejects.toThrow(says);
  });
});

describe.concurrent('what a chart that has this one as a part sets for all of them', () => {
  const ofParent = ['--set', 'global.imageRegistry=mirror.example.com', '--set', 'global.storageClass=fast'];

  test('its registry replaces that of the values, and of the test pod as well', async () => {
    const args = [...ofParent, '--set', 'image.registry=own.example.com'];
    expect(at(await podOf(args), 'containers', 0, 'image')).toBe('mirror.example.com/sandgate:0.1.0');
    const pod = find(await template(args, { hooks: true }), 'Pod');
    expect(at(pod, 'spec', 'containers', 0, 'image')).toBe('mirror.example.com/sandgate:0.1.0');
  });

  test('its pull secrets come after those of the values, each once, in both ways of writing them', async () => {
    const secrets = [
      '--set-json',
      'global.imagePullSecrets=["a",{"name":"b"}]',
      '--set-json',
      'image.pullSecrets=[{"name":"b"}]',
    ];
    expect(at(await podOf(secrets), 'imagePullSecrets')).toEqual([{ name: 'b' }, { name: 'a' }]);
    expect(at(await podOf([]), 'imagePullSecrets')).toBeUndefined();
  });

  test('its registry is not put before a repository that begins with one', async () => {
    const args = [...ofParent, '--set', 'image.repository=own.example.com/sandgate'];
    await expect(templateText(args)).rejects.toThrow(
      'global.imageRegistry: "mirror.example.com" would go before image.repository, which begins with a registry',
    );
  });
});

describe.concurrent('autoscaling', () => {
  const args = ['--set', 'autoscaling.enabled=true'];

  test('leaves the number of pods to the autoscaler, which is about the Deployment', async () => {
    const objects = await template(args);
    expect(at(find(objects, 'Deployment'), 'spec', 'replicas')).toBeUndefined();
    expect(at(find(objects, 'HorizontalPodAutoscaler'), 'spec')).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sandgate' },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    });
    expect(at(find(await template(), 'Deployment'), 'spec', 'replicas')).toBe(2);
  });

  test('may come from elsewhere: the number is left alone all the same', async () => {
    const objects = await template([...args, '--set', 'autoscaling.create=false', '--set-json', 'resources={}']);
    expect(at(find(objects, 'Deployment'), 'spec', 'replicas')).toBeUndefined();
    expect(objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler')).toEqual([]);
  });

  test('is refused where the pods request no CPU, which it is measured by', async () => {
    await expect(templateText([...args, '--set', 'resources.requests.cpu=null'])).rejects.toThrow(
      'resources.requests.cpu: is needed with autoscaling',
    );
  });
});

describe.concurrent('pods', () => {
  test('have what the values add, beside what is ours', async () => {
    const pod = await podOf(EVERY_VALUE.args);
    expect([at(pod, 'volumes')].flat().map((volume) => at(volume, 'name'))).toEqual([
      'tls',
      'client-ca',
      'webhooks',
      'policies',
      'notes',
    ]);
    expect([at(pod, 'containers', 0, 'volumeMounts')].flat()).toContainEqual({ name: 'notes', mountPath: '/notes' });
    expect(at(pod, 'initContainers', 0, 'name')).toBe('wait');
    expect(at(pod, 'runtimeClassName')).toBe('gvisor');
    const objects = await template(EVERY_VALUE.args);
    expect(at(find(objects, 'Deployment'), 'metadata', 'annotations')).toEqual({ 'example.com/reload': 'true' });
    expect(at(find(objects, 'ConfigMap', 'admission-gate-extra'), 'data')).toEqual({ replicas: '3' });
  });

  test('are asked as often as the values say, and always for what the chart knows', async () => {
    const container = at(await podOf(EVERY_VALUE.args), 'containers', 0);
    expect(at(container, 'livenessProbe')).toEqual({
      httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' },
      initialDelaySeconds: 1,
      periodSeconds: 20,
      timeoutSeconds: 10,
      failureThreshold: 6,
    });
    expect(at(container, 'startupProbe')).toEqual({
      httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' },
      periodSeconds: 5,
      timeoutSeconds: 7,
      failureThreshold: 24,
    });
    // Three minutes, in which a pod on a busy node is not ended for being slow.
    expect(at(await podOf([]), 'containers', 0, 'startupProbe')).toEqual({
      httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' },
      periodSeconds: 2,
      timeoutSeconds: 5,
      failureThreshold: 90,
    });
  });

  test('keep the security context of the chart but for the fields that the values change or take away', async () => {
    const pod = await podOf(['--set', 'podSecurityContext.runAsUser=1000680000,podSecurityContext.fsGroup=null']);
    expect(at(pod, 'securityContext')).toEqual({
      runAsNonRoot: true,
      runAsUser: 1_000_680_000,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const container = at(await podOf(['--set', 'securityContext.readOnlyRootFilesystem=null']), 'containers', 0);
    expect(at(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });
});

describe.concurrent('the registry', () => {
  test.each([
    ['image.registry=mirror.example.com:5000', 'mirror.example.com:5000/sandgate:0.1.0'],
    [
      'image.registry=mirror.example.com/cache,image.repository=a/sandgate',
      'mirror.example.com/cache/a/sandgate:0.1.0',
    ],
  ])('%s goes before the repository', async (value, image) => {
    expect(at(await podOf(['--set', value]), 'containers', 0, 'image')).toBe(image);
  });

  test.each([
    ['image.registry=https://mirror.example.com', 'image.registry: "https://mirror.example.com": expected what stands'],
    ['image.registry=mirror.example.com/', 'without a scheme and without / at its ends'],
    [
      'image.registry=a.example.com,image.repository=b.example.com/sandgate',
      'image.repository, which begins with a re',
    ],
    ['image.registry=a.example.com,image.repository=localhost/sandgate', 'image.repository, which begins with a reg'],
  ])('%s is refused', async (value, says) => {
    await expect(templateText(['--set', value])).rejects.toThrow(says);
  });
});
