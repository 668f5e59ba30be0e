// An audit of what kubectl printed.

import { isContext } from '../../library/offline/context.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import type { Unread } from '../../report/shapes/unread.ts';
import { type Given, listOption, textOption } from '../command.ts';
import { describedBy, lineOf, objectsOf, readObjects } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import { policyPaths } from '../options.ts';
import { policiesFrom } from '../policies.ts';
import type { ObjectSource } from '../sources/object-source.ts';
import type { AuditInput } from './audit-input.ts';

/** What a text must hold to be of an object that describes the cluster, in JSON or YAML. */
const MAY_DESCRIBE =
  /kind"?:\s*["']?(?:IsolationException|Namespace|Node|RuntimeClass|(?:Cluster)?Role|(?:Cluster)?RoleBinding)\b/;

function notYet(): void {
  // Said when the objects are judged.
}

/**
 * Goes through the files twice: what describes the cluster has to be known before the first workload is judged.
 * @throws UsageError where policies or what describes the cluster cannot be read
 */
export async function auditOfFiles(given: Given, source: ObjectSource, io: Io): Promise<AuditInput> {
  const namespace = textOption(given, 'namespace') ?? 'default';
  const judging = await policiesFrom(policyPaths(given, io), io, { namespace });
  const describing: InputObject[] = [...objectsOf(await readObjects(listOption(given, 'context'), io))];
  for await (const object of source.read(notYet, (text) => MAY_DESCRIBE.test(text))) {
    if (isContext(object)) describing.push(object);
  }
  const unread: Unread[] = [];
  const report = (problem: Unread): void => {
    unread.push(problem);
    say(io, lineOf(problem));
  };
  return {
    ...describedBy(given, io, judging, describing),
    unread,
    async *objects() {
      for await (const object of source.read(report)) if (!isContext(object)) yield object;
    },
  };
}
