// docs/rule-attempts.md: every attempt with what the server answered.
import { stringify } from 'yaml';
import { cell, countsOf, saidCell } from '../support/answer-table.ts';
import type { Answer } from '../support/answers.ts';
import type { Attempt, Section, Trial } from './attempt.ts';
import { isController } from './ways.ts';

const HEAD = `<!-- Made by \`test/cluster/rules/attempts.test.ts\` from what a real API server answered: do not edit. To renew it:
UPDATE_GOLDEN=1 npm run test:cluster -- rules/attempts -->

# Attempts to get around each rule

Each line was tried against kube-apiserver, as [testing](testing.md#a-cluster-of-real-parts) describes it, with the process
\`sandgate serve\` behind both webhooks. Each section has a namespace of its own and one policy, which is printed above its table.
The tenant may do everything in the namespace. What is let in is what the policy has nothing against, changed in one thing.

**Every way** means: a Pod that is created, and one that is applied on the server's side; a Sandbox and a SandboxTemplate (v1alpha1)
that are created; a Sandbox that is stored and inoffensive, changed by a merge patch, a JSON patch and a server-side apply; a Deployment, a
Job and a CronJob that are created, and a Deployment that is stored, changed by a merge patch. What is about a container was tried in containers, init containers and sidecars of a Pod and of a Sandbox, in ephemeral containers of a Sandbox's
template, and in one that is added to a running pod. Once in each section the first attempt was made under a name that the server makes, by
\`kubectl run --overrides\`, and by a controller.

**refused** is our answer; of a Deployment, a Job and a CronJob it means that their author is warned in the same words, and their pods
refused. **refused by Kubernetes** is the API server's own answer before it asked us. **let in** is given with the reason why that is no
way around the rule. Of every request the verdict of the engine by itself, as \`sandgate check\` has it, was compared with the answer: the same
fields, in the same words. Where the API server asks about something else than was sent, the attempt says so in brackets, and only
the answer of the server was compared.
`;

/** A trial that was made. */
interface Tried {
  readonly trial: Trial;
  readonly answer: Answer;
}

/** The page; `answerTo` gives what became of each trial. */
export function renderPage(sections: readonly Section[], answerTo: (trial: Trial) => Answer): string {
  const attempts = sections.flatMap((section) => section.attempts);
  const answers = attempts.flatMap(({ trials }) => trials.map(answerTo));
  const parts = sections.map((section) => renderSection(section, answerTo));
  return `${HEAD}\n${attempts.length} attempts, made by ${answers.length} requests: ${countsOf(answers)}.\n${parts.join('')}`;
}

function renderSection(section: Section, answerTo: (trial: Trial) => Answer): string {
  const { title, about, spec, attempts } = section;
  const rows = attempts.flatMap((attempt) => rowsOf(attempt, answerTo)).join('');
  const policy = `\`\`\`yaml\n${stringify(spec, { lineWidth: 120 })}\`\`\`\n`;
  return `\n## ${title}\n\n${about}\n\n${policy}\n| attempt | tried by | verdict | what was said |\n| --- | --- | --- | --- |\n${rows}`;
}

/** One row for each answer that differs: the words of two refusals are one where they are by the same. */
function rowsOf(attempt: Attempt, answerTo: (trial: Trial) => Answer): readonly string[] {
  const tried = attempt.trials.map((trial) => ({ trial, answer: answerTo(trial) }));
  const groups = Map.groupBy(tried, ({ trial: { expected }, answer }) => `${answer.verdict}: ${reasonOf(expected)}`);
  return [...groups.values()].map((group, index) => {
    const what = index === 0 ? nameOfAttempt(attempt) : '';
    const [first] = preferred(group);
    const because = first?.trial.expected.verdict === 'let in' ? first.trial.expected.because : '';
    const said = first === undefined ? '' : saidCell(first.answer, because);
    return `| ${what} | ${waysOf(group, tried)} | ${first?.answer.verdict ?? ''} | ${said} |\n`;
  });
}

function reasonOf(expected: Trial['expected']): string {
  switch (expected.verdict) {
    case 'refused':
      return expected.check;
    case 'refused by Kubernetes':
      return expected.says;
    case 'let in':
      return expected.because;
  }
}

function nameOfAttempt({ what, rewritten }: Attempt): string {
  return cell(rewritten === undefined ? what : `${what} (${rewritten})`);
}

/** The words of what is refused itself, before those of a warning. */
function preferred(group: readonly Tried[]): readonly Tried[] {
  return group.toSorted((one, other) => Number(isController(one.trial.way)) - Number(isController(other.trial.way)));
}

function waysOf(group: readonly Tried[], all: readonly Tried[]): string {
  const isByEveryWay = ['applied Pod', 'JSON patch', 'Job'].every((way) => all.some(({ trial }) => trial.way === way));
  if (group.length === all.length && isByEveryWay) return 'every way';
  return [...new Set(group.map(({ trial: { way, where } }) => nameOf(way, where)))].join(', ');
}

function nameOf(way: Trial['way'], where: string | undefined): string {
  return where === undefined || where === 'container' || where === way ? way : `${way} (${where})`;
}
