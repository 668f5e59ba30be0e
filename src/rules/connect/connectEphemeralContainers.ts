/*
An ephemeral container brings an image of its own into a running pod, and with targetContainerName it sees the processes of another
container. What it may be is judged like any other container; this is about who adds it, and next to which container.

**Restricted Fields:**
spec.ephemeralContainers[*]

**Allowed Values:** those that the pod has already; new ones of those whom `ephemeralContainers` names
*/
import type { Sentence, Violation } from '../../model/finding.ts';
import { stringField } from '../../model/json.ts';
import { joinQuoted, quoteVisible } from '../../model/text.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { compileUsers, inDetail } from './access.ts';
import type { ConnectParameters } from './parameters.ts';

const JANE = { user: { username: 'jane', groups: ['developers'] } };

function adding(user: CheckRequest['user'] = JANE.user): Partial<CheckRequest> {
  return { user, runs: true, old: { spec: { containers: [{ name: 'agent' }] } } };
}

const POD = { spec: { containers: [{ name: 'agent' }], ephemeralContainers: [{ name: 'debug' }] } };
const NEXT_TO_AGENT = {
  spec: { containers: [{ name: 'agent' }], ephemeralContainers: [{ name: 'debug', targetContainerName: 'agent' }] },
};

/** A check that ephemeral containers are added by those only who may. */
export const connectEphemeralContainers: RuleCheck<ConnectParameters> = {
  id: 'connectEphemeralContainers',
  title: 'Ephemeral containers are added to pods only by those who may.',
  fix: 'ask somebody who may, or an administrator to name the user or the target under connect.ephemeralContainers',
  platform: 'any',
  compile({ ephemeralContainers: access }) {
    if (access === undefined) return undefined;
    const user = compileUsers(access);
    const targets = access === 'Deny' ? undefined : access.containers;
    const named = targets?.length === 0 ? 'none' : joinQuoted(targets ?? []);
    return (pod, request) => {
      const added = pod.containers.filter(
        ({ list, name }) =>
          list === 'ephemeralContainers' &&
          !request.old?.spec?.ephemeralContainers?.some((one) => (one.name ?? '') === name),
      );
      if (added.length === 0) return undefined;
      const refused = user(request.user);
      const found = added.flatMap(({ list, index, name, container }): Violation[] => {
        const path = `spec.${list}[${index}]`;
        if (refused) return [{ path, value: container, container: name, allowed: refused.allowed ?? '' }];
        if (targets === undefined) return [];
        const targetContainerName = stringField(container, 'targetContainerName');
        if (targetContainerName && targets.includes(targetContainerName)) return [];
        return [
          {
            path: `${path}.targetContainerName`,
            container: name,
            ...(targetContainerName && { value: targetContainerName }),
            allowed: `container ${quoteVisible(name)} has another target than those allowed: ${named}`,
          },
        ];
      });
      return found.length > 0 ? found : undefined;
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a user who is named',
        parameters: { ephemeralContainers: { users: ['jane'] } },
        pod: POD,
        request: adding(),
      },
      {
        name: 'a member of a group',
        parameters: { ephemeralContainers: { groups: ['developers'] } },
        pod: POD,
        request: adding(),
      },
      {
        name: 'a service account',
        parameters: { ephemeralContainers: { serviceAccounts: ['ops/debugger'] } },
        pod: POD,
        request: adding({ username: 'system:serviceaccount:ops:debugger', groups: [] }),
      },
      {
        name: 'next to a container that is named',
        parameters: { ephemeralContainers: { containers: ['agent'] } },
        pod: NEXT_TO_AGENT,
        request: adding(),
      },
      {
        name: 'a container that was there before',
        parameters: { ephemeralContainers: 'Deny' },
        pod: POD,
        request: { ...JANE, runs: true, old: POD },
      },
      { name: 'a pod without any', parameters: { ephemeralContainers: 'Deny' }, pod: { spec: { containers: [] } } },
    ],
    fail: [
      {
        name: 'anybody, where nobody may',
        parameters: { ephemeralContainers: 'Deny' },
        pod: POD,
        request: adding(),
        says: 'ephemeral container added (user "jane" may not (nobody may))',
        paths: ['spec.ephemeralContainers[0]'],
        values: [{ name: 'debug' }],
      },
      {
        name: 'a user whom no list names',
        parameters: { ephemeralContainers: { users: ['kim'], groups: ['sre'], serviceAccounts: ['ops/debugger'] } },
        pod: POD,
        request: adding(),
        says: 'ephemeral container added (user "jane" may not (allowed: user "kim", group "sre", service account "ops/debugger"))',
        paths: ['spec.ephemeralContainers[0]'],
        values: [{ name: 'debug' }],
      },
      {
        name: 'next to another container, and next to none',
        parameters: { ephemeralContainers: { containers: ['side'] } },
        pod: {
          spec: {
            containers: [{ name: 'agent' }],
            ephemeralContainers: [{ name: 'debug', targetContainerName: 'agent' }, { name: 'other' }],
          },
        },
        request: adding(),
        says: 'ephemeral container added (container "debug" has another target than those allowed: "side"; container "other" has another target than those allowed: "side")',
        paths: ['spec.ephemeralContainers[0].targetContainerName', 'spec.ephemeralContainers[1].targetContainerName'],
        values: ['agent', undefined],
      },
    ],
  },
};

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'ephemeral container added', detail: inDetail(violations) };
}
