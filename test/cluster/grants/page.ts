// docs/grant-attempts.md: every attempt with what the server answered.
import { cell, countsOf, printable, saidCell } from '../support/answer-table.ts';
import type { Answer } from '../support/answers.ts';
import type { Attempt, Section } from './attempts/attempt.ts';

const HEAD = `<!-- Made by \`test/cluster/grants/attempts.test.ts\` from what a real API server answered: do not edit. To renew it:
UPDATE_GOLDEN=1 npm run test:cluster -- grants/attempts -->

# Attempts to get more than was granted

Each line was tried against kube-apiserver, as [testing](testing.md#a-cluster-of-real-parts) describes it, with the process
\`sandgate serve\` behind both webhooks and the shipped classes. All namespaces are at the Restricted level. Pods have containers
\`app\` and \`side\` and an init container \`setup\`; what a class grants goes to \`app\`. Who may use a class is a matter of
roles and role bindings in the namespace, as in any cluster.

**refused** is our answer, **refused by Kubernetes** the API server's own before it asked us, and **let in** is given with the
reason why that is no way around the class. Of our messages the list has what is wrong, up to the first class or policy that says
so; what to do about it follows in the message itself, as in the whole one at the end.

Not tried here: the admission plugin AlwaysPullImages, which this API server does not run (what it writes is tried by hand), and
Pod Security Admission, which is off: where a namespace has its labels, too, it judges pods whole, and refuses what we granted.
`;

/** An attempt that was made. */
export interface Tried {
  readonly attempt: Attempt;
  readonly answer: Answer;
}

/** The page; `answerTo` gives what became of each attempt. */
export function renderPage(sections: readonly Section[], answerTo: (attempt: Attempt) => Answer): string {
  const tried = sections
    .flatMap((section) => section.attempts)
    .map((attempt) => ({ attempt, answer: answerTo(attempt) }));
  const first = tried[0]?.answer.message ?? '';
  const parts = sections.map((section) => renderSection(section, answerTo));
  return `${HEAD}\n${tried.length} attempts: ${countsOf(tried.map(({ answer }) => answer))}.\n${parts.join('')}\n## A whole message\n\n\`\`\`text\n${printable(first)}\n\`\`\`\n`;
}

function renderSection({ title, about, attempts }: Section, answerTo: (attempt: Attempt) => Answer): string {
  const rows = attempts.map((attempt) => {
    const answer = answerTo(attempt);
    return `| ${cell(attempt.what)} | ${answer.verdict} | ${saidOf({ attempt, answer })} |\n`;
  });
  return `\n## ${title}\n\n${about}\n\n| attempt | verdict | what was said |\n| --- | --- | --- |\n${rows.join('')}`;
}

function saidOf({ attempt: { because, fails }, answer }: Tried): string {
  return fails === undefined ? saidCell(answer, because) : `**Not as it should be yet**: ${cell(fails)}.`;
}
