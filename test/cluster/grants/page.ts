// docs/grant-attempts.md: every attempt with what the server answered.
import type { Answer, Attempt, Section, Verdict } from './attempts/attempt.ts';

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
  return `${HEAD}\n${countsOf(tried)}\n${parts.join('')}\n## A whole message\n\n\`\`\`text\n${printable(first)}\n\`\`\`\n`;
}

function countsOf(tried: readonly Tried[]): string {
  const count = (verdict: Verdict): number => tried.filter(({ answer }) => answer.verdict === verdict).length;
  const verdicts = `${count('refused')} refused, ${count('refused by Kubernetes')} refused by Kubernetes, ${count('let in')} let in`;
  return `${tried.length} attempts: ${verdicts}.`;
}

function renderSection({ title, about, attempts }: Section, answerTo: (attempt: Attempt) => Answer): string {
  const rows = attempts.map((attempt) => {
    const answer = answerTo(attempt);
    return `| ${cell(attempt.what)} | ${answer.verdict} | ${saidOf({ attempt, answer })} |\n`;
  });
  return `\n## ${title}\n\n${about}\n\n| attempt | verdict | what was said |\n| --- | --- | --- |\n${rows.join('')}`;
}

function saidOf({ attempt: { because = '', fails }, answer: { verdict, message } }: Tried): string {
  if (fails !== undefined) return `**Not as it should be yet**: ${cell(fails)}.`;
  if (verdict !== 'let in') return code(shortened(message));
  const warned = message === '' ? '' : ` With a warning: ${code(shortened(message))}`;
  return `${cell(because)}${warned}`;
}

const MOST = 300;

/** What is wrong, without who says so of what, and without what follows from it. */
function shortened(message: string): string {
  const [, ours] = /is forbidden: violates (.*)$/s.exec(message) ?? [];
  const [wrong = ''] = printable(ours ?? message.replace(/^would violate /, '')).split(/\. (?:To fix|See): /);
  const [clause = '', ...others] = wrong.split(/; (?:would violate|violates) /);
  const cut = clause.length <= MOST ? clause : `${clause.slice(0, MOST)}…`;
  return others.length === 0 ? cut : `${cut}; …`;
}

/** What has another name each time; and on one line, in characters that can be seen. */
function printable(text: string): string {
  return text
    .replaceAll(/\btest-[0-9a-f]{8}\b/g, 'NAMESPACE')
    .replaceAll(/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-…')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(
      /[\p{Cc}\p{Cf}]/gu,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    )
    .trim();
}

function code(text: string): string {
  return text.includes('`') ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
