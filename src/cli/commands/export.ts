// Writes the part of policies that the API server can enforce without us.
import { Option } from 'commander';
import { stringify } from 'yaml';
import { asApplied } from '../../resources/authored.ts';
import { isIsolationPolicy } from '../../resources/isolation-policy/validate.ts';
import { type CommandSpec, flagOption, listOption, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { exportPolicy } from '../export/vap.ts';
import { say } from '../io.ts';
import { POLICIES, policyPaths } from '../options.ts';
import { loadedFrom } from '../policies.ts';

const FORMATS = ['vap'];

export const exportPolicies: CommandSpec = {
  name: 'export',
  summary: 'print a part of policies as ValidatingAdmissionPolicies',
  description: `Prints ValidatingAdmissionPolicies with their bindings: the part of policies that CEL in the API server can hold, as a
fail-safe for when the webhook is away. They refuse nothing that the webhook lets in. What is not in them is said on stderr, with the reason.`,
  argument: { name: '<format>', description: 'vap: ValidatingAdmissionPolicy', choices: FORMATS },
  examples: [
    { does: 'Write what can be held of your policies', line: 'sandgate export vap -p policies/ > fail-safe.yaml' },
    {
      does: 'Leave out more namespaces than kube-system',
      line: 'sandgate export vap -p restricted --exclude-namespace kube-system sandgate-system',
    },
  ],
  options: [
    POLICIES,
    new Option(
      '--exclude-namespace <name...>',
      "namespaces that are not judged: those of excludedNamespaces in the chart's values",
    ).default(['kube-system']),
    new Option('--strict', 'exit with 2 where anything of the policies is not in it'),
    new Option('-o, --output <format>', 'yaml, or json with what is not in it')
      .choices(['yaml', 'json'])
      .default('yaml'),
  ],
  async run(given, io) {
    const [format = ''] = given.args;
    if (!FORMATS.includes(format)) throw new UsageError(`cannot export ${JSON.stringify(format)} (expected vap)`);
    const { documents } = await loadedFrom(policyPaths(given, io), io);
    const options = { excludedNamespaces: listOption(given, 'excludeNamespace') };
    const exported = documents
      .map(({ value }) => asApplied(value))
      .flatMap((policy) =>
        isIsolationPolicy(policy) ? [exportPolicy(policy.metadata.name, policy.spec, options)] : [],
      );
    const objects = exported.flatMap((one) => one.documents);
    const left = exported.flatMap((one) => one.left);
    if (textOption(given, 'output') === 'json') {
      io.stdout.write(`${JSON.stringify({ objects, notExported: left }, null, 2)}\n`);
    } else {
      for (const { policy, part, why } of left)
        say(io, `policy ${JSON.stringify(policy)}: ${part} is not in it: ${why}`);
      const yaml = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
      io.stdout.write(objects.map((object) => stringify(object, yaml)).join('---\n'));
    }
    return objects.length === 0 || (flagOption(given, 'strict') && left.length > 0) ? EXIT.usage : EXIT.ok;
  },
};
