// What an audit that goes on found the last time, so that only what is new or gone is printed.
import { phrase } from '../../model/finding.ts';
import { type ObjectRef, type Result, refKey, titleOf } from '../../report/shapes/result.ts';
import { whyWords } from '../../report/terminal/finding-lines.ts';
import { printable } from '../../report/terminal/printable.ts';
import type { Style } from '../../report/terminal/style.ts';
import { findingKey } from './compact.ts';

/** Holds a line for each thing found in the last round, and nothing of the objects. */
export class FoundBefore {
  #known = new Map<string, string>();

  /**
   * What is new and what is gone since the last round, a line for each. Everything is new in the first one.
   * @param isWhole false where less could be read than before: what is not found then may still be there, and is kept
   */
  next(results: readonly Result[], isWhole: boolean, style: Style): readonly string[] {
    const before = this.#known;
    const found = new Map(results.flatMap(linesOf));
    const lines: string[] = [];
    for (const [key, line] of found) if (!before.has(key)) lines.push(`${style.bad('new ')}  ${line}`);
    for (const [key, line] of before) {
      if (found.has(key)) continue;
      if (isWhole) lines.push(`${style.good('gone')}  ${line}`);
      else found.set(key, line);
    }
    this.#known = found;
    return lines;
  }
}

/** By what is said of which object. Pods of a controller come and go under other names: they are those of the controller. */
function linesOf({ object, owner, findings, warnings }: Result): readonly [string, string][] {
  const about = owner ?? object;
  const key = [refKey(about), owner ? object.kind : ''];
  const name = owner ? podsWords(object, owner) : titleOf(object);
  const line = (text: string): string => printable(`${name}  ${text}`);
  return [
    ...findings.map((finding): [string, string] => {
      const excepted = finding.excepted ? ', let in by an exception' : '';
      const text = `${finding.action.toLowerCase()} ${finding.check}: ${phrase(finding)} (${whyWords(finding)}${excepted})`;
      return [JSON.stringify([...key, findingKey(finding)]), line(text)];
    }),
    ...warnings.map((text): [string, string] => [JSON.stringify([...key, text]), line(`warn ${text}`)]),
  ];
}

function podsWords({ kind }: ObjectRef, owner: ObjectRef): string {
  return `${kind} of ${titleOf(owner)}`;
}
