/*
A shell in a container has everything that the container has: its secrets, its network, its mounts. In a sidecar of a capability class
that is more than the pod itself was granted: with the privileged implementation of a Docker class it is root on the node.

**Restricted Fields:** `container` and `command` of
PodExecOptions, and the user of the request

**Allowed Values:** what `exec` names; no container of a capability class that is not named
*/
import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { compileCommands, compileContainers, compileUsers, inDetail } from './access.ts';
import { connecting, POD, passes, refusals } from './examples.ts';
import type { ConnectParameters } from './parameters.ts';

/** A check that commands are run in containers by those only who may, in the containers and of the commands that are named. */
export const connectExec: RuleCheck<ConnectParameters> = {
  id: 'connectExec',
  title: 'Commands are run in the containers of pods only by those who may.',
  fix: 'ask somebody who may, or an administrator to name the user, the container or the command under connect.exec',
  platform: 'any',
  connects: true,
  compile({ exec }) {
    if (exec === undefined) return undefined;
    const user = compileUsers(exec);
    const container = compileContainers(exec);
    const command = compileCommands(exec);
    return (_, request) => {
      const { connection } = request;
      if (connection?.kind !== 'exec') return undefined;
      const refused = user(request.user);
      if (refused) return [refused];
      const found = [container(connection.container, connection.ofClass), command(connection.command)].filter(
        (one) => one !== undefined,
      );
      return found.length > 0 ? found : undefined;
    };
  },
  describe,
  examples: {
    pass: [
      ...passes('exec', 'exec'),
      {
        name: 'a container and a command that are named',
        parameters: { exec: { containers: ['agent'], commands: [['/bin/sh'], ['id', '-u']] } },
        pod: POD,
        request: connecting({ kind: 'exec', command: ['id', '-u'] }),
      },
      {
        name: 'a container of a capability class that is named',
        parameters: { exec: { containers: ['docker-daemon'] } },
        pod: POD,
        request: connecting({ kind: 'exec', container: 'docker-daemon', ofClass: 'docker' }),
      },
    ],
    fail: [
      ...refusals('exec', 'exec', 'exec into the pod'),
      {
        name: 'another container, and a command with another argument',
        parameters: { exec: { containers: ['agent'], commands: [['id', '-u']] } },
        pod: POD,
        request: connecting({ kind: 'exec', container: 'side', command: ['id', '-g'] }),
        says: 'exec into the pod (container "side" is not one of those allowed: "agent"; command ["id","-g"] is not one of those allowed: ["id","-u"])',
        paths: ['container', 'command'],
        values: ['side', ['id', '-g']],
      },
      {
        name: 'a container of a capability class that is not named',
        parameters: { exec: { groups: ['developers'] } },
        pod: POD,
        request: connecting({ kind: 'exec', container: 'docker-daemon', ofClass: 'docker' }),
        says: 'exec into the pod (container "docker-daemon" is one of capability class "docker", and not among those that are named)',
        paths: ['container'],
        values: ['docker-daemon'],
      },
    ],
  },
};

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'exec into the pod', detail: inDetail(violations) };
}
