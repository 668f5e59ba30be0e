// The lines of the log about the objects of our own kinds. All kinds have the same lines, by their noun: `policy accepted`,
// `class accepted`.
import type { KindLogLine, OwnKind } from '../resources/kind.ts';
import { refusalReasons } from '../resources/record.ts';
import { orWords, withArticle } from '../resources/words.ts';

/** The messages of the lines that every kind has. */
export interface OwnKindMessages {
  readonly accepted: string;
  readonly refused: string;
  readonly statusNotWritten: string;
}

/** The messages of one kind. */
export function ownKindMessages({ noun }: Pick<OwnKind, 'noun'>): OwnKindMessages {
  return {
    accepted: `${noun} accepted`,
    refused: `${noun} not accepted`,
    statusNotWritten: `${noun} status not written`,
  };
}

/** The field of the log that has the name of an object: the noun of its kind, in one word. */
export function nameField({ noun }: Pick<OwnKind, 'noun'>): string {
  return noun.replaceAll(/ (.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The lines about the objects of one kind, those that it alone has among them. */
export function ownKindLogLines(own: OwnKind): readonly KindLogLine[] {
  const { kind, noun, scope, logLines, keepsLastAccepted } = own;
  const messages = ownKindMessages({ noun });
  const before = keepsLastAccepted
    ? 'if an earlier generation of it was, that one still is'
    : 'and no earlier generation of it either';
  const article = withArticle(kind);
  const one = article.charAt(0).toUpperCase() + article.slice(1);
  const names = { [nameField({ noun })]: 'its name', ...(scope === 'Namespaced' && { namespace: 'its namespace' }) };
  const fields = { ...names, generation: 'of which generation' };
  return [
    { msg: messages.accepted, level: 'info', when: `${one} of the cluster is in force as written.`, fields },
    {
      msg: messages.refused,
      level: 'warn',
      when: `${one} of the cluster is not in force as written; ${before}.`,
      fields: {
        ...fields,
        reason: orWords(refusalReasons(own).map((reason) => `\`${reason}\``)),
        problem: 'what is wrong with it; the same as in its status',
      },
    },
    ...logLines,
    {
      msg: messages.statusNotWritten,
      level: 'warn',
      when: `The status of ${article} could not be written. Said once until it can be again; it is tried again and again.`,
      fields: { ...names, problem: 'what went wrong, in the words of the API server or of the system' },
    },
  ];
}
