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
      const rendered = template(['--set-json', `extraArgs=["${flag}=x"]`]);
      const refusal = await rendered.then(() => undefined, String);
      if (refusal === undefined) free.push(flag);
      else expect(refusal).toMatch(new RegExp(`extraArgs\\[0\\]: ${flag} is not taken here: \\w`));
    }
    expect(free).toEqual(['--host', '--metrics-host', '--metrics-on-webhook-port']);
    // And what the chart does set is among those that are refused.
    for (const { args } of [EVERY_VALUE, HOST_NETWORK]) {
      const set = (await argumentsOf(args)).slice(1).map((arg) => arg.replace(/=[\s\S]*/, ''));
      for (const flag of set) expect(flags).toContain(flag);
    }
  });

  test.each([
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

describe.concurrent('extraEnv', () => {
  test('is that of the container', async () => {
    expect(at(await podOf([]), 'containers', 0, 'env')).toBeUndefined();
    expect(at(await podOf(EVERY_VALUE.args), 'containers', 0, 'env')).toEqual([
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
