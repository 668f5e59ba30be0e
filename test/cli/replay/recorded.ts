// The log of one run of test/cluster/replay.test.ts, and what a replay makes of it. UPDATE_RECORDED_LOG=1 records it anew.
import { resolve } from 'node:path';
import { isJsonObject, ownField } from '../../../src/model/json.ts';

export const RECORDED_LOG = resolve(import.meta.dirname, 'recorded.log');
/** The namespace of everything that is recorded. */
export const RECORDED_NAMESPACE = 'recorded';

/** The results of `replay -p baseline -o json`, in short. */
export const EXPECTED = [
  'Pod good CREATE allowed 1 by alice',
  'Pod bad CREATE denied 1 by alice',
  'Pod tried CREATE denied 1 by alice, 1 dry run',
  'Pod made-* of ReplicaSet made CREATE denied 2 by system:serviceaccount:kube-system:replicaset-controller',
  'Pod bad UPDATE allowed 1 by alice',
  'Pod good UPDATE ephemeralcontainers denied 1 by alice',
  'Pod applied CREATE allowed 1 by alice',
  'Deployment web CREATE allowed 1 by alice',
];

/** What `-o json` prints, in the words of {@link EXPECTED}. */
export function rowsOf(printed: unknown): readonly string[] {
  const results = ownField(printed, 'results');
  return (Array.isArray(results) ? results : []).filter(isJsonObject).map(({ object, owner, requests, verdict }) => {
    const { operation, subresource, count, dryRun, users } = isJsonObject(requests) ? requests : {};
    const of = isJsonObject(owner) ? `of ${String(owner.kind)} ${String(owner.name)}` : '';
    const who = `by ${Array.isArray(users) ? users.join(', ') : ''}${dryRun === 0 ? '' : `, ${String(dryRun)} dry run`}`;
    return [ownField(object, 'kind'), ownField(object, 'name'), of, operation, subresource, verdict, count, who]
      .map(String)
      .filter((text) => text !== '')
      .join(' ');
  });
}
