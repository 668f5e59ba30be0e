// Says what a name means, or why objects are decided on as they are.
import { Option } from 'commander';
import { explainNamed, plainNames } from '../../library/offline/explain/names.ts';
import { explainVerdict } from '../../library/offline/explain/objects.ts';
import { gapsOf } from '../../library/offline/gaps/gaps.ts';
import { replacedBy } from '../../library/offline/replaced.ts';
import type { Explained } from '../../report/shapes/explained.ts';
import { summarize, titleOf } from '../../report/shapes/result.ts';
import { IMPLEMENTATIONS } from '../capability-implementations.ts';
import { type CommandSpec, type Given, listOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { type Gapped, hasErrors, isStrict, reportGaps, STRICT, sayGaps } from '../gaps/strict.ts';
import { objectsOf, readInputs, readObjects } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import { CONTEXT, IGNORE, MANIFESTS, POLICIES, USER } from '../options.ts';
import { outputOptions, outputsOf, writeOutputs } from '../output.ts';

/** The option, which is needed only where no name is given. */
function withoutName({ flags, description }: Option): Option {
  return new Option(flags, description.replace('(required)', '(required without a name)'));
}

export const explain: CommandSpec = {
  name: 'explain',
  summary: 'explain a check, rule or key, or why objects are let in or refused',
  description: `With a name, says what it stands for: a check, a rule, a fill-in, or a key of a policy. With -p and -f, judges
manifests as check does, and says of each object which policies match and which do not and why, where each value of the
pod comes from, which level of the Pod Security Standards it meets, and what would have to change for it to be let in.
With --old, judges what it is an update of, and says which of its faults are new. Exits as check does.`,
  argument: {
    name: '[name]',
    description: 'a check, a rule, a fill-in, or a key of a policy such as spec.identity.images',
    choices: plainNames(),
  },
  examples: [
    { does: 'Know what a check asks, why, and how to fix what it found', line: 'sandgate explain hostPathVolumes' },
    { does: 'Look up a key of a policy', line: 'sandgate explain spec.identity.images' },
    { does: 'Know why a pod is refused, and what would let it in', line: 'sandgate explain -p restricted -f pod.yaml' },
    {
      does: 'Know why an update is refused, and which of its faults are new',
      line: 'sandgate explain -p restricted -f edited.yaml --old running.yaml',
    },
  ],
  options: [
    withoutName(POLICIES),
    withoutName(MANIFESTS),
    new Option(
      '--old <path...>',
      'what the manifests replace: each with an object of its kind and name here is judged as an update',
    ),
    IGNORE,
    ...CONTEXT,
    ...USER,
    IMPLEMENTATIONS,
    new Option('--no-inject', 'judge the objects as written, without filling anything in'),
    ...STRICT,
    ...outputOptions('explained', 'text'),
  ],
  async run(given, io) {
    const outputs = outputsOf(given);
    const [name] = given.args;
    const { explained, code } =
      name === undefined ? await explainObjects(given, io) : { explained: named(name, given), code: EXIT.ok };
    writeOutputs(outputs, io, (format, style) => format.explained?.(explained, style));
    return code;
  },
};

interface Outcome {
  readonly explained: Explained;
  readonly code: number;
}

async function explainObjects(given: Given, io: Io): Promise<Outcome> {
  if (listOption(given, 'policies').length + listOption(given, 'filename').length === 0) {
    throw new UsageError(
      'nothing to explain (expected a name, such as privileged, or -p with policies and -f with manifests)',
    );
  }
  const { objects, offline, unread, isIncomplete, assumed } = await readInputs(given, io);
  const old = objectsOf(await readObjects(listOption(given, 'old'), io));
  const { namespace, user, gate } = offline;
  const asking = { namespace, user, workloads: gate.policies.workloads };
  const gapped: Gapped[] = [];
  const explanations = objects.map((object) => {
    const replaced = replacedBy(object, old, asking);
    const explanation = explainVerdict(object, offline, replaced);
    const { result } = explanation;
    if (old.length > 0 && !replaced)
      say(io, `${titleOf(result.object)}: nothing in --old has its kind and name, judged as a creation`);
    gapped.push({ result, gaps: gapsOf(object, result, offline.gate.policies, assumed) });
    return explanation;
  });
  const { results, gaps } = reportGaps(gapped);
  const strict = isStrict(given, io);
  sayGaps(gaps, strict, io);
  const isWrong = isIncomplete || unread.length > 0 || (strict && hasErrors(gaps));
  const verdict = summarize(results).denied > 0 ? EXIT.denied : EXIT.ok;
  return { explained: { objects: explanations }, code: isWrong ? EXIT.usage : verdict };
}

function named(name: string, given: Given): Explained {
  if (listOption(given, 'policies').length + listOption(given, 'filename').length > 0) {
    throw new UsageError(`both ${JSON.stringify(name)} and -p or -f (expected a name, or -p and -f)`);
  }
  const found = explainNamed(name);
  if (!found.ok) throw new UsageError(found.message);
  return { names: found.names };
}
