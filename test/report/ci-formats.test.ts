// The formats that other programs read, each held against what those programs take: `check` and `test` print them, of
// manifests whose authors would like to write into the report themselves.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv, type SchemaObject } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, ownField } from '../../src/model/json.ts';
import { folderWith, type Printed, sandgate } from '../cli/console.ts';
import { OPEN_REPORT } from './open-report-schema.ts';

/** Text that means something in XML, in workflow commands, in Markdown and in a message of SARIF. */
const HOSTILE = 'a]]>&<b>\u001b[31m\u202e\ud800\ufffe,x::y%0A\n::error::|<img>[click](http://evil)';

/** As a string of JSON without any character that a reader of YAML refuses. */
const QUOTED = JSON.stringify(HOSTILE).replaceAll(
  /[\u007f-\uffff]/g,
  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
);

const MANIFESTS = `apiVersion: v1
kind: Pod
metadata: { name: bad, namespace: agents }
spec:
  hostNetwork: true
  containers:
    - name: app
      image: nginx:1
      securityContext: { privileged: true }
    - name: app
      image: nginx:1
      securityContext: { privileged: true }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
---
apiVersion: v1
kind: Pod
metadata: { name: fine, namespace: agents }
spec: { containers: [{ name: app, image: "nginx:1", imag: x }] }
---
apiVersion: v1
kind: Pod
metadata:
  name: hostile
  namespace: other
  annotations: { seccomp.security.alpha.kubernetes.io/pod: ${QUOTED} }
spec:
  securityContext: { seLinuxOptions: { type: ${QUOTED} } }
  containers: [{ name: app, image: "nginx:1" }]
---
apiVersion: v1
kind: Pod
metadata: { name: bad, namespace: agents }
spec: { hostPID: true, containers: [{ name: app, image: "nginx:1" }] }
`;

const POLICIES = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: floor }
spec:
  podSecurity: { level: baseline }
  checks:
    hostNamespaces: { except: [{ containers: [app], values: ["true"], reason: the network of nodes, expires: 2027-06-30 }] }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: soft }
spec: { podSecurity: { level: restricted }, validationActions: [Warn] }
`;

const FORMATS = ['junit', 'sarif', 'github', 'openreports'] as const;
type Name = (typeof FORMATS)[number];

let formatsFolder: string;
let printed: Printed;
const written = new Map<string, string>();

function output(name: Name | 'summary'): string {
  return written.get(name) ?? '';
}

beforeAll(async () => {
  formatsFolder = mkdtempSync(join(tmpdir(), 'sandgate-test-'));
  mkdirSync(join(formatsFolder, 'm'));
  writeFileSync(join(formatsFolder, 'm/all.yaml'), MANIFESTS);
  writeFileSync(join(formatsFolder, 'm/broken.yaml'), 'a: [\n');
  writeFileSync(join(formatsFolder, 'policy.yaml'), POLICIES);
  const outputs = FORMATS.map((name) => `-o ${name}=${name}.out`).join(' ');
  printed = await sandgate(
    formatsFolder,
    `check -p policy.yaml -f m/all.yaml m/broken.yaml --now 2027-01-01 ${outputs} -o json`,
    {
      env: { GITHUB_STEP_SUMMARY: join(formatsFolder, 'summary.md') },
    },
  );
  expect(printed.stderr.split('\n')).toHaveLength(4);
  for (const name of FORMATS) written.set(name, readFileSync(join(formatsFolder, `${name}.out`), 'utf8'));
  written.set('summary', readFileSync(join(formatsFolder, 'summary.md'), 'utf8'));
});

afterAll(() => rmSync(formatsFolder, { recursive: true, force: true }));

test('several formats are written in one run, and the one without a file is printed', () => {
  expect(printed.code).toBe(2);
  expect(printed.json()).toMatchObject({ summary: { denied: 2, allowed: 2, skipped: 1 } });
});

test.each(FORMATS)('%s shows no character that a terminal acts upon', (name) => {
  expect(output(name)).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\u2028\u2029]/u);
});

async function xmlErrors(contents: string): Promise<readonly string[]> {
  const schema = readFileSync(join(import.meta.dirname, 'junit.xsd'), 'utf8');
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents }],
    schema: [{ fileName: 'junit.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
}

describe('junit', () => {
  test('is what the schema of Jenkins takes', async () => {
    expect(await xmlErrors(output('junit'))).toEqual([]);
    expect(await xmlErrors(output('junit').replace(' classname=', ' colour='))).not.toEqual([]);
  });

  test('has a case for each object, with one failure where it is denied, and names no two cases alike', () => {
    const names = [...output('junit').matchAll(/<testcase name="([^"]*)"/g)].map(([, name]) => name);
    expect(names).toEqual([
      'Pod agents/bad (line 1)',
      'ConfigMap settings',
      'Pod agents/fine',
      'Pod other/hostile',
      'Pod agents/bad (line 33)',
      'can be read (line 2, column 1)',
    ]);
    expect(output('junit')).toContain('<testsuites name="sandgate check" tests="6" failures="2" errors="1">');
    expect(output('junit').match(/<failure /g)).toHaveLength(2);
    expect(output('junit')).toContain('<skipped message="no pod template is known in this kind"/>');
    expect(output('junit')).toMatch(/<property name="Pod agents\/fine" value="[^"]*imag: pods have no such field/);
  });
});

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number; readonly startColumn: number };
      };
    },
  ];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions?: readonly object[];
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly [{ readonly executionSuccessful: boolean }];
  readonly results: readonly SarifResult[];
}

/** Compiled once: the schema is large. */
const isSarif = new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false, allErrors: true }).compile<{
  readonly runs: readonly [SarifRun];
}>(publishedSchema());

/** As SchemaStore publishes it. It says draft 4, and has nothing that draft 7 reads otherwise but the key of its own name. */
function publishedSchema(): SchemaObject {
  const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isJsonObject(schema)) throw new Error('the schema is not an object');
  const { id: _, $schema: __, ...rest } = schema;
  return rest;
}

function runOf(text: string): SarifRun {
  const log: unknown = JSON.parse(text);
  if (!isSarif(log)) throw new Error(JSON.stringify(isSarif.errors));
  return log.runs[0];
}

/** A Deployment with these containers, all of them privileged. */
function privilegedDeployment(before: string, containers: readonly string[]): string {
  const rows = containers.map((name) => `        - { name: ${name}, securityContext: { privileged: true } }\n`);
  return `${before}apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
${rows.join('')}`;
}

async function fingerprintsOf(text: string): Promise<readonly string[]> {
  const { stdout } = await sandgate(folderWith({ 'web.yaml': text }), 'check -p baseline -f web.yaml -o sarif');
  return runOf(stdout)
    .results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)
    .toSorted();
}

describe('sarif', () => {
  test('is what the published schema takes, which takes nothing else', () => {
    runOf(output('sarif'));
    expect(() => runOf(output('sarif').replace('"startLine"', '"line"'))).toThrow('additionalProperties');
  });

  test('has a rule for each result, its level, and the place of the field', () => {
    const { tool, results, invocations } = runOf(output('sarif'));
    expect(results.map(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id === ruleId)).not.toContain(false);
    const privileged = results.find(({ ruleId }) => ruleId === 'privileged');
    expect(privileged).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'm/all.yaml' },
            region: { startLine: 9, startColumn: 38 },
          },
        },
      ],
    });
    expect(privileged?.message.text).toContain('To fix: remove securityContext.privileged');
    expect(results.some(({ level }) => level === 'warning')).toBe(true);
    expect(invocations[0].executionSuccessful).toBe(false);
  });

  test('suppresses what an exception lets in, and says why', () => {
    const { results } = runOf(output('sarif'));
    expect(results.filter(({ suppressions }) => suppressions)).toMatchObject([
      {
        ruleId: 'hostNamespaces',
        suppressions: [{ kind: 'external', justification: 'excepted until 2027-06-30: the network of nodes' }],
      },
      { ruleId: 'hostNamespaces' },
    ]);
  });

  test('has no link that the author of a manifest wrote', () => {
    for (const { message } of runOf(output('sarif')).results) expect(message.text).not.toContain('](');
  });

  test('keeps its fingerprints where lines move, containers change places and versions of a kind go on', async () => {
    const before = await fingerprintsOf(privilegedDeployment('', ['a', 'b']));
    expect(new Set(before).size).toBe(2);
    expect(
      await fingerprintsOf(privilegedDeployment('# a comment\n\n', ['b', 'a']).replace('apps/v1', 'apps/v1beta2')),
    ).toEqual(before);
    expect(await fingerprintsOf(privilegedDeployment('', ['a', 'c']))).not.toEqual(before);
  });
});

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

/** As the runner reads a line: ActionCommand.TryParseV2 of actions/runner. */
function readCommand(line: string) {
  const match = /^::(\w+)(?: ([^:]*))?::(.*)$/.exec(line);
  if (!match) return undefined;
  const [, name = '', list = '', data = ''] = match;
  const properties = list.split(',').map((pair) => pair.split('='));
  return {
    name,
    ...Object.fromEntries(properties.map(([key = '', ...value]) => [key, unescaped(value.join('='))])),
    data: unescaped(data),
  };
}

describe('github', () => {
  test('has an annotation for each finding, the refusals first, and every line is one that we wrote', () => {
    const lines = output('github').trimEnd().split('\n');
    expect(lines.at(-1)).toBe('2 denied, 2 allowed, 1 skipped');
    const commands = lines.slice(0, -1).map(readCommand);
    expect(commands).not.toContain(undefined);
    expect(commands.slice(0, 2)).toMatchObject([
      { name: 'error', file: 'm/broken.yaml', line: '2', col: '1', title: 'cannot be read' },
      { name: 'error', file: 'm/all.yaml', line: '9', col: '38', title: 'Pod agents/bad: privileged' },
    ]);
    const order = ['error', 'warning', 'notice'];
    const first = commands.map((command) => order.indexOf(command?.name ?? ''));
    const findings = first.slice(0, first.lastIndexOf(2) + 1);
    expect(findings).toEqual(findings.toSorted((a, b) => a - b));
  });

  test('leaves out the file of standard input, which no pull request has', async () => {
    const { stdout } = await sandgate(folderWith({}), 'check -p baseline -f - -o github', { stdin: MANIFESTS });
    expect(readCommand(stdout.split('\n', 1).join(''))).toMatchObject({
      name: 'error',
      title: 'Pod agents/bad: hostNamespaces',
    });
    expect(stdout).not.toContain('file=');
  });

  test('has a summary of the step, in which nothing of a manifest is markup', () => {
    const summary = output('summary');
    expect(summary).toMatch(/^### Sandgate: 2 denied, 2 allowed, 1 skipped\n\n\| /);
    expect(summary).not.toContain('<img>');
    expect(summary).not.toContain('](');
    expect(summary).not.toContain('://');
    const rows = summary.trim().split('\n').slice(2);
    expect(rows.map((row) => row.split('|').length)).toEqual(rows.map(() => 7));
  });

  test('appends to a summary, and needs no variable', async () => {
    const folder = folderWith({ 'pod.yaml': MANIFESTS, 'summary.md': 'before\n' });
    const env = { GITHUB_STEP_SUMMARY: 'summary.md' };
    await sandgate(folder, 'check -p baseline -f pod.yaml -o github', { env });
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toMatch(/^before\n### Sandgate: /);
    expect((await sandgate(folder, 'check -p baseline -f pod.yaml -o github')).stderr).not.toContain('SUMMARY');
    const missing = await sandgate(folder, 'check -p baseline -f pod.yaml -o github', {
      env: { GITHUB_STEP_SUMMARY: 'none/summary.md' },
    });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain(
      'sandgate: none/summary.md: cannot be written (its folder does not exist) (named by $GITHUB_STEP_SUMMARY)\n',
    );
  });
});

function reports(): readonly unknown[] {
  return parseAllDocuments(output('openreports')).map((document) => {
    const report: unknown = document.toJS();
    return report;
  });
}

describe('openreports', () => {
  test('is what the CRD takes, a report for each namespace, and its summary counts its results', () => {
    const isReport = new Ajv({ strict: false, allErrors: true }).compile(OPEN_REPORT);
    expect(reports().map((report) => isReport(report) || isReport.errors)).toEqual([true, true]);
    expect(reports()).toMatchObject([
      { metadata: { name: 'sandgate-check', namespace: 'agents' } },
      { metadata: { name: 'sandgate-check', namespace: 'other' } },
    ]);
    for (const report of reports()) {
      const results = ownField(report, 'results');
      const outcomes: unknown[] = Array.isArray(results)
        ? results.map((result: unknown) => ownField(result, 'result'))
        : [];
      const of = (outcome: string) => outcomes.filter((one) => one === outcome).length;
      expect(ownField(report, 'summary')).toEqual({
        pass: of('pass'),
        fail: of('fail'),
        warn: of('warn'),
        error: of('error'),
        skip: of('skip'),
      });
      expect(outcomes.length).toBeGreaterThan(0);
    }
  });

  test('says what passed, what was let in by an exception, and what is only warned about', () => {
    const [agents] = reports();
    const results = ownField(agents, 'results');
    expect(ownField(agents, 'summary')).toMatchObject({ pass: 1, fail: 1, skip: 2 });
    expect(results).toContainEqual(
      expect.objectContaining({
        policy: 'floor',
        rule: 'privileged',
        category: 'Pod Security Standards (Baseline)',
        severity: 'high',
        result: 'fail',
        resources: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'agents', name: 'bad' }],
      }),
    );
    expect(results).toContainEqual(expect.objectContaining({ policy: 'floor', result: 'pass' }));
    expect(results).toContainEqual(expect.objectContaining({ policy: 'soft', result: 'warn', scored: false }));
  });
});

describe('the results of suites', () => {
  const SUITE = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec:
  policies: [baseline]
  cases:
    - name: right
      object: { apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { containers: [{ name: a }] } }
      expect: { verdict: allowed }
    - name: "wrong <&>"
      object: { apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { hostPID: true, containers: [{ name: a }] } }
      expect: { verdict: allowed, findings: [] }
`;

  test('have a case for each case, and its place', async () => {
    const folder = folderWith({ 'suite.yaml': SUITE });
    const env = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
    const result = await sandgate(folder, 'test suite.yaml -o junit=report.xml -o github=lines -o json', { env });
    expect(result.code).toBe(1);
    const report = readFileSync(join(folder, 'report.xml'), 'utf8');
    expect(await xmlErrors(report)).toEqual([]);
    expect(report).toContain('<testsuite name="mine" tests="2" failures="1" errors="0" skipped="0" file="suite.yaml">');
    expect(report).toContain('<testcase name="wrong &lt;&amp;&gt;" classname="suite.yaml">');
    const lines = readFileSync(join(folder, 'lines'), 'utf8').split('\n');
    const command = readCommand(lines[0] ?? '');
    expect(command).toMatchObject({ name: 'error', file: 'suite.yaml', line: '10', title: 'mine: wrong <&>' });
    expect(command?.data).toContain('verdict: expected allowed, got denied');
    expect(lines[1]).toBe('1 passed, 1 failed');
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('### Sandgate tests: 1 passed, 1 failed');
    expect(result.json()).toMatchObject({
      suites: [{ file: 'suite.yaml', name: 'mine', cases: [{ passed: true }, { line: 10, passed: false }] }],
      summary: { passed: 1, failed: 1 },
    });
  });
});
