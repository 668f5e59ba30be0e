// The rule `network`: host names, proxies, DNS and ports of the node.
import { defineRule } from '../rule.ts';
import { addHostAliases } from './addHostAliases.ts';
import { dns } from './dns.ts';
import { dnsPolicies } from './dnsPolicies.ts';
import { hostAliases } from './hostAliases.ts';
import { hostPortRanges } from './hostPortRanges.ts';
import { nameservers } from './nameservers.ts';
import { parameters } from './parameters.ts';
import { networkProblems } from './problems.ts';
import { proxy } from './proxy.ts';
import { proxyEnv } from './proxyEnv.ts';

export const network = defineRule({
  key: 'network',
  parameters,
  problems: networkProblems,
  checks: [hostAliases, proxyEnv, dnsPolicies, nameservers, hostPortRanges],
  fillIns: [addHostAliases, dns, proxy],
});
