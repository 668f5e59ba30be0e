/*
A name server of one's own can be a way out: what is asked of it leaves the cluster.

**Restricted Fields:** spec.dnsConfig.nameservers

**Allowed Values:** addresses that the policy lists; undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { compileRanges } from '../../kubernetes/ip.ts';
import type { Violation } from '../../model/finding.ts';
import { pluralize, quoteVisible } from '../../model/text.ts';
import { append, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import type { NetworkParameters } from './parameters.ts';

const LISTED = { dns: { allowedNameservers: ['10.96.0.10', 'fd00::/8'] } };

/** A check that pods name no name servers but those that the policy lists. */
export const nameservers: RuleCheck<NetworkParameters> = {
  id: 'nameservers',
  title: 'Pods must name no name servers but those that the policy lists.',
  fix: 'remove these addresses from spec.dnsConfig.nameservers',
  platform: 'any',
  compile: ({ dns }) => {
    if (dns?.allowedNameservers === undefined) return undefined;
    const isAllowed = compileRanges(dns.allowedNameservers);
    const listed = listedNames(dns.allowedNameservers);
    return (pod) => findOthers(pod, isAllowed, listed);
  },
  describe: (violations) => {
    const servers = violations.map(({ value }) => quoteVisible(textOf(value))).join(', ');
    const noun = pluralize('name server', 'name servers', violations.length);
    return { reason: 'name server', detail: `pod has ${noun} ${servers}; allowed: ${violations[0]?.kind ?? ''}` };
  },
  examples: {
    pass: [
      {
        name: 'listed ones, however they are written',
        parameters: LISTED,
        pod: { spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.96.0.10', 'FD00:0::1'] } } },
      },
      { name: 'none', parameters: LISTED, pod: { spec: { dnsConfig: { nameservers: null, searches: ['a'] } } } },
      { name: 'no dnsConfig', parameters: LISTED, pod: { spec: { dnsConfig: null } } },
    ],
    fail: [
      {
        name: 'others, and spellings that programs read differently',
        parameters: LISTED,
        pod: { spec: { dnsConfig: { nameservers: ['8.8.8.8', '10.96.0.10', '012.96.0.10', ''] } } },
        says: 'name server (pod has name servers "8.8.8.8", "012.96.0.10", ""; allowed: "10.96.0.10", "fd00::/8")',
        paths: ['spec.dnsConfig.nameservers[0]', 'spec.dnsConfig.nameservers[2]', 'spec.dnsConfig.nameservers[3]'],
        values: ['8.8.8.8', '012.96.0.10', ''],
      },
      {
        name: 'no name server is allowed',
        parameters: { dns: { allowedNameservers: [] } },
        pod: { spec: { dnsConfig: { nameservers: ['1.1.1.1'] } } },
        says: 'name server (pod has name server "1.1.1.1"; allowed: none)',
        paths: ['spec.dnsConfig.nameservers[0]'],
        values: ['1.1.1.1'],
      },
    ],
  },
};

function findOthers(
  { spec }: PodView,
  isAllowed: (address: string) => boolean,
  listed: string,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const [index, value] of (spec.dnsConfig?.nameservers ?? []).entries()) {
    if (!isAllowed(value)) found = append(found, { path: `spec.dnsConfig.nameservers[${index}]`, value, kind: listed });
  }
  return found;
}
