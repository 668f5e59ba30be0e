// Answers as the cells of a table in Markdown.
import type { Answer, Verdict } from './answers.ts';

/** `3 refused, 1 refused by Kubernetes, 2 let in`. */
export function countsOf(answers: readonly Answer[]): string {
  const count = (verdict: Verdict): number => answers.filter((answer) => answer.verdict === verdict).length;
  return `${count('refused')} refused, ${count('refused by Kubernetes')} refused by Kubernetes, ${count('let in')} let in`;
}

/**
 * What was said: the words of a refusal, or of a warning behind the reason why it may be let in.
 * @param because why it may be let in
 */
export function saidCell({ verdict, message }: Answer, because = ''): string {
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
export function printable(text: string): string {
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

export function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
