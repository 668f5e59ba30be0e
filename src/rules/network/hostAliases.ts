/*
An entry of /etc/hosts goes before DNS: it can lead a name that programs trust to an address of somebody else's choice.

**Restricted Fields:** spec.hostAliases

**Allowed Values:** entries that the policy lists or adds; undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { compileRanges } from '../../kubernetes/ip.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, quoteVisible } from '../../model/text.ts';
import { append, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames, nameList } from '../name-list.ts';
import type { HostAliasParameters, NetworkParameters } from './parameters.ts';

const LISTED = {
  hostAliases: {
    add: [{ ip: '10.0.0.5', hostnames: ['host.docker.internal'] }],
    allowed: [{ ip: '10.0.0.0/24', hostnames: ['*.internal'] }, { hostnames: ['registry.example'] }, { ip: '::1' }],
  },
};

/** Whether an address may be given to a host name. */
type MayLead = (ip: string, hostname: string) => boolean;

/** A check that pods have no host aliases but those that the policy lists or adds. */
export const hostAliases: RuleCheck<NetworkParameters> = {
  id: 'hostAliases',
  title: 'Pods must have no hostAliases but those that the policy lists or adds.',
  fix: 'remove these entries from spec.hostAliases',
  platform: 'any',
  compile: ({ hostAliases: parameters }) => {
    if (parameters?.allowed === undefined) return undefined;
    const mayLead = compiled(parameters);
    const allowed = listedNames(parameters.allowed.map(inWords));
    return (pod) => findOthers(pod, mayLead, allowed);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'listed entries, and what the policy adds',
        parameters: LISTED,
        pod: {
          spec: {
            hostAliases: [
              { ip: '10.0.0.5', hostnames: ['host.docker.internal', 'x.y.internal'] },
              { ip: '192.0.2.1', hostnames: ['Registry.example'] },
              { ip: '0:0::1', hostnames: ['anything'] },
              { ip: '192.0.2.2', hostnames: null },
            ],
          },
        },
      },
      { name: 'none', parameters: { hostAliases: { allowed: [] } }, pod: { spec: { hostAliases: [] } } },
    ],
    fail: [
      {
        name: 'a name at another address, and another name at the address',
        parameters: LISTED,
        pod: {
          spec: {
            hostAliases: [
              { ip: '169.254.169.254', hostnames: ['host.docker.internal', 'registry.example'] },
              { ip: '10.0.0.7', hostnames: ['api.example'] },
            ],
          },
        },
        says:
          'host aliases (host "host.docker.internal" leads to "169.254.169.254", host "api.example" leads to "10.0.0.7"; ' +
          'allowed: "*.internal at 10.0.0.0/24", "registry.example at any address", "any name at ::1")',
        paths: ['spec.hostAliases[0].hostnames[0]', 'spec.hostAliases[1].hostnames[0]'],
        values: ['host.docker.internal', 'api.example'],
      },
      {
        name: 'none is allowed',
        parameters: { hostAliases: { allowed: [] } },
        pod: { spec: { hostAliases: [{ ip: '', hostnames: [''] }] } },
        says: 'host aliases (host "" leads to ""; allowed: none)',
        paths: ['spec.hostAliases[0].hostnames[0]'],
        values: [''],
      },
    ],
  },
};

function compiled({ add = [], allowed = [] }: HostAliasParameters): MayLead {
  const rows = [...add, ...allowed].map(({ ip, hostnames }) => ({
    isAt: ip === undefined ? () => true : compileRanges([ip]),
    isNamed: hostnames === undefined ? () => true : nameList(hostnames).includes,
  }));
  return (ip, hostname) => rows.some(({ isAt, isNamed }) => isNamed(hostname) && isAt(ip));
}

function inWords({ ip, hostnames }: NonNullable<HostAliasParameters['allowed']>[number]): string {
  return `${hostnames?.join(', ') ?? 'any name'} at ${ip ?? 'any address'}`;
}

function findOthers({ spec }: PodView, mayLead: MayLead, allowed: string): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const [index, { ip, hostnames }] of (spec.hostAliases ?? []).entries()) {
    for (const [at, hostname] of (hostnames ?? []).entries()) {
      // Programs compare host names without regard to case.
      if (mayLead(ip ?? '', hostname.toLowerCase())) continue;
      const kind = `leads to ${quoteVisible(ip ?? '')}\n${allowed}`;
      found = append(found, { path: `spec.hostAliases[${index}].hostnames[${at}]`, value: hostname, kind });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = violations.map(({ value }) => textOf(value));
  const leads: string[] = [];
  let allowed = '';
  for (const { value, kind = '' } of violations) {
    // What is quoted has no line break in it.
    const [lead = '', listed = ''] = kind.split('\n');
    leads.push(`host ${quoteVisible(textOf(value))} ${lead}`);
    allowed = listed;
  }
  return { reason: 'host aliases', detail: `${leads.join(', ')}; allowed: ${allowed}${escapedNote(names)}` };
}
