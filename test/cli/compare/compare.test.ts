// What a change of policies changes, on files and on an audit log.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isJsonObject, ownField } from '../../../src/model/json.ts';
import { controller, HOST_NETWORK, listOf, ORDINARY, ownedBy, PRIVILEGED, runningPod } from '../audit/objects.ts';
import { folderWith, type Printed, sandgate } from '../console.ts';
import { RECORDED_LOG } from '../replay/recorded.ts';

function policy(spec: string, name = 'p'): string {
  return `apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

const PRIVILEGED_LEVEL = '{ podSecurity: { level: privileged } }';
const BASELINE = '{ podSecurity: { level: baseline } }';
const WARNING = '{ podSecurity: { level: baseline }, validationActions: [Warn] }';
const ELSEWHERE = '{ match: { objectSelector: { matchLabels: { a: b } } }, podSecurity: { level: baseline } }';
const FILLING = '{ harden: restricted }';

const pod = (name: string, spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec,
});

async function compared(from: string, to: string, objects: readonly object[], args = ''): Promise<Printed> {
  const folder = folderWith({ 'from.yaml': policy(from), 'to.yaml': policy(to), 'objects.json': listOf(...objects) });
  return await sandgate(folder, `compare --from from.yaml --to to.yaml -f objects.json ${args}`.trim());
}

async function changesOf(from: string, to: string, objects: readonly object[]): Promise<readonly string[]> {
  const printed = await compared(from, to, objects, '-o json');
  const changed = ownField(printed.json(), 'changed');
  return (Array.isArray(changed) ? changed : []).filter(isJsonObject).map(({ object, changes, count }) => {
    const names = Array.isArray(changes) ? changes.join(', ') : '';
    return `${String(ownField(object, 'name'))} ${String(count)}: ${names}`;
  });
}

const BAD = pod('bad', PRIVILEGED);
const GOOD = pod('good', ORDINARY);

describe('what differs', () => {
  test.each([
    ['a stricter level denies newly', PRIVILEGED_LEVEL, BASELINE, 'newlyDenied', 1],
    ['a laxer level allows newly', BASELINE, PRIVILEGED_LEVEL, 'newlyAllowed', 0],
    ['a policy that only warns warns newly', PRIVILEGED_LEVEL, WARNING, 'newlyWarned', 0],
    ['a policy that warned and denies now denies newly', WARNING, BASELINE, 'newlyDenied', 1],
    [
      'a policy that denied and warns now allows newly, and its warning is not new',
      BASELINE,
      WARNING,
      'newlyAllowed',
      0,
    ],
    ['a policy that no longer matches what it denied allows newly', BASELINE, ELSEWHERE, 'newlyAllowed', 0],
  ])('what a change of policies comes to: %s', async (_, from, to, change, code) => {
    expect(await changesOf(from, to, [BAD, GOOD])).toContain(`bad 1: ${change}`);
    expect((await compared(from, to, [BAD, GOOD])).code).toBe(code);
  });

  test('what was allowed and is judged by no policy any more is not passed over in silence', async () => {
    expect(await changesOf(BASELINE, ELSEWHERE, [GOOD])).toEqual(['good 1: noLongerJudged']);
  });

  test('an object that was denied before can be denied for further reasons, which is not newly denied', async () => {
    const both = pod('both', { ...HOST_NETWORK, ...PRIVILEGED });
    const only = '{ podSecurity: { level: baseline }, checks: { privileged: { validationActions: [Audit] } } }';
    expect(await changesOf(only, BASELINE, [both])).toEqual(['both 1: deniedFurther']);
    expect((await compared(only, BASELINE, [both])).code).toBe(0);
  });

  test('fields that are filled in by one side alone are shown as the operations of a patch', async () => {
    const { stdout, code } = await compared(PRIVILEGED_LEVEL, FILLING, [GOOD]);
    expect(code).toBe(0);
    expect(stdout).toContain('filled in differently: 1\n');
    expect(stdout).toMatch(/^ {2}\+ \{"op":"add","path":"\/spec/m);
  });

  test('a policy by another name that says the same changes nothing', async () => {
    const folder = folderWith({
      'from.yaml': policy(BASELINE),
      'to.yaml': policy(BASELINE, 'other'),
      'o.json': listOf(BAD),
    });
    const { stdout, code } = await sandgate(folder, 'compare --from from.yaml --to to.yaml -f o.json');
    expect({ stdout, code }).toEqual({ stdout: '1 object compared: nothing changes\n', code: 0 });
  });

  test('an exception that was taken away denies newly', async () => {
    const excepted =
      '{ podSecurity: { level: baseline }, checks: { privileged: { except: [{ images: [nginx], reason: old }] } } }';
    expect(await changesOf(excepted, BASELINE, [BAD])).toEqual(['bad 1: newlyDenied']);
  });
});

test('pods that run, of one controller, change together and are judged as they run', async () => {
  const web = controller('Deployment', { name: 'web' });
  const pods = ['a', 'b'].map((name) => runningPod({ name, owner: ownedBy(web) }, HOST_NETWORK));
  expect(await changesOf(PRIVILEGED_LEVEL, BASELINE, [web, ...pods])).toEqual(['a 2: newlyDenied']);
});

test('requests of an audit log are compared, and those that change alike are counted', async () => {
  const folder = folderWith({ 'from.yaml': policy(PRIVILEGED_LEVEL), 'to.yaml': policy(BASELINE) });
  const printed = await sandgate(folder, [
    ...'compare --from from.yaml --to to.yaml -o json --audit-log'.split(' '),
    RECORDED_LOG,
  ]);
  expect(printed.code).toBe(1);
  expect(printed.json()).toMatchObject({
    summary: { unit: 'requests', judged: 9, newlyDenied: 5, newlyWarned: 2 },
    unread: [],
  });
});

test('both sides can be folders, and one of them can come from standard input', async () => {
  const folder = folderWith({ 'old/p.yaml': policy(PRIVILEGED_LEVEL), 'o.json': listOf(BAD) });
  const { code } = await sandgate(folder, 'compare --from old --to - -f o.json', { stdin: policy(BASELINE) });
  expect(code).toBe(1);
});

describe('what could not be compared', () => {
  test('a file that cannot be read gives exit code 2, and the others are compared', async () => {
    const folder = folderWith({
      'from.yaml': policy(BASELINE),
      'to.yaml': policy(BASELINE),
      'o.json': listOf(BAD),
      'x.yaml': 'a: [',
    });
    const { code, stdout, stderr } = await sandgate(folder, 'compare --from from.yaml --to to.yaml -f o.json x.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain('1 object compared');
    expect(stderr.split('\n').filter((line) => line.includes('x.yaml:1'))).toHaveLength(1);
  });

  test.each([
    ['an empty file', '', ''],
    ['an empty list', 'apiVersion: v1\nkind: List\nitems: []\n', ''],
    ['another namespace', pod('a', ORDINARY), ', of namespace other'],
  ])('a comparison on nothing is a mistake, and not a green one: %s', async (_, objects, words) => {
    const text = typeof objects === 'string' ? objects : JSON.stringify(objects);
    const folder = folderWith({ 'from.yaml': policy(BASELINE), 'o.yaml': text });
    const printed = await sandgate(folder, 'compare --from from.yaml --to baseline -f o.yaml -n other');
    expect(printed).toMatchObject({ code: 2, stdout: '' });
    if (words !== '')
      expect(printed.stderr).toBe(
        `sandgate: no Kubernetes objects to judge in o.yaml${words} (expected at least one)\n`,
      );
  });

  test('labels that only the old policies depend on are missed as well', async () => {
    const folder = folderWith({
      'from.yaml': policy(
        '{ match: { namespaceSelector: { matchLabels: { a: b } } }, podSecurity: { level: baseline } }',
        'old',
      ),
      'o.json': listOf(BAD),
    });
    const printed = await sandgate(folder, 'compare --from from.yaml --to baseline -f o.json --strict');
    expect(printed.code).toBe(2);
    expect(printed.stderr).toContain('were assumed to be none, and policy "old" depends on them');
  });

  test('a log that says too little is reported once, and an error under --strict', async () => {
    const folder = folderWith({ 'from.yaml': policy(BASELINE), 'to.yaml': policy(BASELINE) });
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      stage: 'ResponseComplete',
      verb: 'create',
    };
    writeFileSync(join(folder, 'audit.log'), `${JSON.stringify({ ...event, objectRef: { resource: 'pods' } })}\n`);
    const { code, stderr } = await sandgate(
      folder,
      'compare --from from.yaml --to to.yaml --audit-log audit.log --strict',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('1 request of a workload is logged at level Metadata');
  });

  test('objects that no policy of either side matches are not in order under --strict', async () => {
    expect((await compared(ELSEWHERE, ELSEWHERE, [GOOD], '--strict')).stderr).toContain('nothing was judged');
  });

  test.each([
    ['no old policies', '--to to.yaml -f o.json', 'no old policies given'],
    ['no new policies', '--from from.yaml -f o.json', 'no new policies given'],
    ['nothing to compare on', '--from from.yaml --to to.yaml', 'nothing to compare on'],
    ['standard input twice', '--from - --to to.yaml -f -', 'standard input can be read only once'],
    ['files and a log', '--from from.yaml --to to.yaml -f o.json --audit-log l', 'cannot be used with'],
  ])('is refused: %s', async (_, args, message) => {
    const folder = folderWith({ 'from.yaml': policy(BASELINE), 'to.yaml': policy(BASELINE), 'o.json': listOf(BAD) });
    const { code, stderr } = await sandgate(folder, `compare ${args}`);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
