// `match` of Gatekeeper. Source: pkg/mutation/match/match.go of open-policy-agent/gatekeeper.
import { isJsonObject, ownField } from '../../../model/json.ts';
import { anyOf, matchesGlob, not } from '../cel-text.ts';
import type { Import, Keys } from '../imported.ts';
import { type Condition, type Matching, objectsAt, requirementsIn, textsIn } from '../matching.ts';
import type { ImportedObject } from '../source.ts';

const NAMESPACE = 'request.?namespace.orValue("")';

/** Which pods a match is about; undefined where it is about none, or about some that cannot be named, which is said. */
export function matchingOf(one: ImportedObject, match: unknown, keys: Keys, into: Import): Matching | undefined {
  const conditions: Condition[] = [];
  const selectors: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [key, value] of Object.entries(match ?? {})) {
    const at = [...keys, key];
    const leaveOut = (why: string): undefined => {
      into.leaveOut(one, at, why, 'laxer');
      return undefined;
    };
    switch (key) {
      case 'kinds': {
        const isOfPods = objectsAt(value).some(([entry]) => holdsPods(entry));
        if (!isOfPods && objectsAt(value).length > 0) return leaveOut('it is not about pods');
        const others = objectsAt(value).flatMap(([entry]) => textsIn(ownField(entry, 'kinds')));
        const more = [...new Set(others.filter((kind) => kind !== 'Pod' && kind !== '*'))];
        if (more.length > 0) into.leaveOut(one, at, `about pods alone, and not about ${more.join(', ')}`, 'laxer');
        break;
      }
      case 'namespaces':
        conditions.push({ name: 'namespaces', expression: namespaceIn(textsIn(value)) });
        break;
      case 'excludedNamespaces':
        conditions.push({ name: 'excluded-namespaces', expression: not(namespaceIn(textsIn(value))) });
        break;
      case 'name':
        if (typeof value !== 'string') return leaveOut('not a name');
        conditions.push({ name: 'name', expression: matchesGlob('object.metadata.?name.orValue("")', value) });
        break;
      case 'labelSelector':
      case 'namespaceSelector':
        if (!isJsonObject(value) || requirementsIn(value) === undefined) return leaveOut('not a label selector');
        selectors[key] = value;
        break;
      case 'scope':
        if (value === 'Cluster') return leaveOut('it is not about pods');
        break;
      case 'source':
        if (value === 'Generated')
          return leaveOut('it is about pods that are not made yet: Sandgate judges templates itself');
        break;
      default:
        return leaveOut('left out: there is nothing like it in a policy');
    }
  }
  const { namespaceSelector, labelSelector } = selectors;
  return { kinds: ['Pod'], namespaceSelector, objectSelector: labelSelector, conditions };
}

function holdsPods(entry: unknown): boolean {
  const groups = textsIn(ownField(entry, 'apiGroups'));
  const kinds = textsIn(ownField(entry, 'kinds'));
  return groups.some((group) => group === '' || group === '*') && kinds.some((kind) => kind === 'Pod' || kind === '*');
}

function namespaceIn(names: readonly string[]): string {
  return anyOf(names.map((name) => matchesGlob(NAMESPACE, name)));
}
