// Which PriorityClasses pods may name.
import { type NameList, nameList } from '../name-list.ts';

/** Whether a pod may name a class; the empty name stands for none, which no pattern means. Everything may be without a list. */
export function priorityClassAllowed(allowed: readonly string[] | undefined): (name: string) => boolean {
  if (allowed === undefined) return () => true;
  const named: NameList = nameList(allowed.filter((name) => name !== ''));
  const maybeNone = allowed.includes('');
  return (name) => (name === '' ? maybeNone : named.includes(name));
}
