// Turns rules of other tools into IsolationPolicies, and says what could not be carried over.
import { Option } from 'commander';
import { type CommandSpec, flagOption, type Given, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { listsOf } from '../import/from-cluster.ts';
import { Import } from '../import/imported.ts';
import { SOURCES } from '../import/index.ts';
import type { ImportSource } from '../import/source.ts';
import { jsonOf, leftOutLine, written, yamlOf } from '../import/write.ts';
import { type Io, say } from '../io.ts';
import { inputPaths } from '../options.ts';
import { fromHere } from '../policies.ts';
import { readFiles } from '../read-files.ts';

const NAMES = SOURCES.map((source) => source.name);

export const importRules: CommandSpec = {
  name: 'import',
  summary: 'turn rules of other tools into policies',
  description: `Makes IsolationPolicies of rules that were written for another tool, and prints them as YAML. Lists on stderr what
could not be carried over and why, and whether that makes the new policies laxer or stricter than the old rules. Read that list
before you use the policies. Nothing in a cluster is changed.`,
  argument: {
    name: '<source>',
    description: SOURCES.map((source) => `${source.name}: ${source.reads}`).join('; '),
    choices: NAMES,
  },
  examples: [
    {
      does: "Take over Kyverno's policies from a folder",
      line: 'sandgate import kyverno -f kyverno/ > policies.yaml',
    },
    {
      does: 'Take over the Pod Security labels of namespaces, as kubectl get namespaces -o yaml prints them',
      line: 'cat namespaces.yaml | sandgate import pod-security -f -',
    },
    {
      does: "Take over nanoclaw's allowlist for one namespace",
      line: 'sandgate import nanoclaw -f mount-allowlist.json -n nanoclaw --home /home/claw',
    },
  ],
  options: [
    new Option('-f, --filename <path...>', 'what to import: files, folders (recursively), or - for standard input'),
    new Option(
      '--kubeconfig <file>',
      `ask the cluster of this file instead (${SOURCES.filter(({ lists }) => lists)
        .map(({ name }) => name)
        .join(', ')})`,
    ).conflicts('filename'),
    new Option('-n, --namespace <name>', 'the namespace that the policy is for (nanoclaw)'),
    new Option('--home <path>', 'what ~ stands for in paths (nanoclaw)'),
    new Option('--strict', 'exit with 2 if something that was not carried over makes the policies laxer than before'),
    new Option('-o, --output <format>', 'yaml, or json with what was not carried over in it')
      .choices(['yaml', 'json'])
      .default('yaml'),
  ],
  async run(given, io) {
    const source = sourceOf(given);
    const into = new Import();
    source.read(await filesOf(source, given, io), optionsOf(source, given), into);
    const result = written(into);
    const { policies, leftOut } = result;
    const isJson = textOption(given, 'output') === 'json';
    if (!isJson) for (const one of leftOut) say(io, leftOutLine(one));
    const [policy, part] = [policies.length === 1 ? 'policy' : 'policies', leftOut.length === 1 ? 'note' : 'notes'];
    say(io, `${policies.length} ${policy}, ${leftOut.length} ${part} on what was not carried over as it was`);
    if (policies.length === 0) say(io, `nothing was imported (expected ${source.reads})`);
    io.stdout.write(isJson ? jsonOf(result) : yamlOf(result));
    const isLaxer = leftOut.some(({ effect }) => effect === 'laxer');
    return policies.length === 0 || (flagOption(given, 'strict') && isLaxer) ? EXIT.usage : EXIT.ok;
  },
};

function sourceOf({ args: [name = ''] }: Given): ImportSource {
  const source = SOURCES.find((one) => one.name === name);
  if (!source)
    throw new UsageError(
      `nothing to import from is called ${JSON.stringify(name)} (expected one of ${NAMES.join(', ')})`,
    );
  return source;
}

async function filesOf(source: ImportSource, given: Given, io: Io) {
  const kubeconfig = textOption(given, 'kubeconfig');
  if (kubeconfig === undefined) return await readFiles(inputPaths(given, io), io);
  if (!source.lists) throw new UsageError(`--kubeconfig cannot be used with ${source.name} (expected -f)`);
  return await listsOf(fromHere(kubeconfig, io.cwd), source.lists);
}

function optionsOf({ name }: ImportSource, given: Given) {
  const [namespace, home] = [textOption(given, 'namespace'), textOption(given, 'home')];
  for (const [option, value] of [
    ['-n', namespace],
    ['--home', home],
  ]) {
    if (value !== undefined && name !== 'nanoclaw')
      throw new UsageError(`${option} says nothing about ${name} (expected it with nanoclaw)`);
  }
  if (home !== undefined && !home.startsWith('/')) throw new UsageError(`--home ${home} (expected an absolute path)`);
  return { namespace, home };
}
