/*
Who attaches to a container reads what its main process writes, and where it has a standard input, types into it.

**Restricted Fields:** `container` of
PodAttachOptions, and the user of the request

**Allowed Values:** what `attach` names; no container of a capability class that is not named
*/
import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { compileContainers, compileUsers, inDetail } from './access.ts';
import { connecting, POD, passes, refusals } from './examples.ts';
import type { ConnectParameters } from './parameters.ts';

/** A check that nobody attaches to containers but those who may, and to those that are named. */
export const connectAttach: RuleCheck<ConnectParameters> = {
  id: 'connectAttach',
  title: 'Only those who may attach to the containers of pods.',
  fix: 'ask somebody who may, or an administrator to name the user or the container under connect.attach',
  platform: 'any',
  connects: true,
  compile({ attach }) {
    if (attach === undefined) return undefined;
    const user = compileUsers(attach);
    const container = compileContainers(attach);
    return (_, request) => {
      const { connection } = request;
      if (connection?.kind !== 'attach') return undefined;
      const refused = user(request.user) ?? container(connection.container, connection.ofClass);
      return refused && [refused];
    };
  },
  describe,
  examples: {
    pass: [
      ...passes('attach', 'attach'),
      {
        name: 'a container that is named',
        parameters: { attach: { containers: ['agent'] } },
        pod: POD,
        request: connecting({ kind: 'attach' }),
      },
    ],
    fail: [
      ...refusals('attach', 'attach', 'attach to the pod'),
      {
        name: 'another container',
        parameters: { attach: { containers: ['agent'] } },
        pod: POD,
        request: connecting({ kind: 'attach', container: 'side' }),
        says: 'attach to the pod (container "side" is not one of those allowed: "agent")',
        paths: ['container'],
        values: ['side'],
      },
      {
        name: 'a container of a capability class that is not named',
        parameters: { attach: { groups: ['developers'] } },
        pod: POD,
        request: connecting({ kind: 'attach', container: 'docker-daemon', ofClass: 'docker' }),
        says: 'attach to the pod (container "docker-daemon" is one of capability class "docker", and not among those that are named)',
        paths: ['container'],
        values: ['docker-daemon'],
      },
    ],
  },
};

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'attach to the pod', detail: inDetail(violations) };
}
