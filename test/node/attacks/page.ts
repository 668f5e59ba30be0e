// docs/docker-attacks.md: every attempt with how far it got.
import type { Attempt, Outcome, Reach } from './attempts.ts';

/** What was seen of an attempt, by implementation. */
export type Seen = Readonly<Record<'rootless' | 'privileged', string>>;

const HEAD = `<!-- Made by \`test/node/attacks/docker.test.ts\` from what happened on a node: do not edit. To renew it:
UPDATE_GOLDEN=1 npm run test:node -- attacks -->

# What somebody who was given Docker reaches

Each line was done on [the node of the tests](testing.md#a-node) from the container of a workload, as user 1000 without any
capability, with the client of Docker and the socket that class [docker](../policies/capabilities/docker/README.md) grants. The
daemons are those of the implementations \`rootless\` and \`privileged\`; runc, containerd 2.4, Linux 6.12, Docker 26 of Debian.

With \`rootless\` a tenant becomes root of what the daemon runs, in a user namespace of the pod, and gets at nothing of the node but
what its pod reaches by network. With \`privileged\` a tenant is root on the node. In both, who may \`exec\` into the daemon's container is
what the daemon is.

**nothing** means that the attempt failed, or found nothing but what its own container has. **the pod** means that it got what the
daemon's container or its pod has: no more than the class says, but all of that. **the node** means that it got at something that is
the node's, and other pods' with it.
`;

/** The page. */
export function renderPage(attempts: readonly Attempt[], seenOf: (attempt: Attempt) => Seen): string {
  const rows = attempts.map((attempt) => {
    const seen = seenOf(attempt);
    return `| ${attempt.what} | ${cell(attempt.rootless, seen.rootless)} | ${cell(attempt.privileged, seen.privileged)} |\n`;
  });
  return `${HEAD}\n| attempt | \`rootless\` reaches | \`privileged\` reaches |\n| --- | --- | --- |\n${rows.join('')}`;
}

const BOLD: Readonly<Record<Reach, string>> = { nothing: 'nothing', 'the pod': 'the pod', 'the node': '**the node**' };

function cell({ reach, shows }: Outcome, seen: string): string {
  const shown = shows.exec(seen)?.[0] ?? '';
  const line = shown
    .trim()
    .replaceAll(/\s+/g, ' ')
    // Of the pod, and of its user namespace: others each time.
    .replaceAll(/10\.98\.0\.\d+/g, '10.98.0.…')
    .replaceAll(/\b0 [1-9]\d{5,} 65536/g, '0 … 65536')
    .replaceAll('|', '\\|');
  return `${BOLD[reach]}: \`${line}\``;
}
