// What the schema of the rule `network` cannot say about parameters that it accepts.
import { compileRanges, isIpAddress, isIpRange } from '../../kubernetes/ip.ts';
import type { ParameterProblem } from '../rule.ts';
import type { DnsParameters, HostAliasParameters, NetworkParameters, ProxyParameters } from './parameters.ts';
import { parsePorts } from './ports.ts';

/** Addresses and ranges that are none, and defaults that the same rule refuses. */
export function networkProblems(network: NetworkParameters): readonly ParameterProblem[] {
  return [
    ...aliasProblems(network.hostAliases),
    ...proxyProblems(network.proxy),
    ...dnsProblems(network.dns),
    ...portProblems(network),
  ];
}

function error(keys: readonly string[], message: string): ParameterProblem {
  return { keys, message, severity: 'error' };
}

function aliasProblems({ add = [], allowed = [] }: HostAliasParameters = {}): ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  const names = new Set<string>();
  for (const [index, { ip, hostnames }] of add.entries()) {
    const keys = ['hostAliases', 'add', String(index)];
    if (!isIpAddress(ip)) problems.push(error([...keys, 'ip'], `"${ip}" is not an IP address`));
    for (const [at, hostname] of hostnames.entries()) {
      if (names.has(hostname)) problems.push(error([...keys, 'hostnames', String(at)], `"${hostname}" is added twice`));
      names.add(hostname);
    }
  }
  for (const [index, { ip, hostnames }] of allowed.entries()) {
    if (ip === undefined && hostnames === undefined) {
      problems.push(
        error(['hostAliases', 'allowed', String(index)], 'names no address and no host (leave out allowed)'),
      );
    }
    if (ip === undefined || isIpRange(ip)) continue;
    problems.push(error(['hostAliases', 'allowed', String(index), 'ip'], `"${ip}" is not an IP address or a range`));
  }
  return problems;
}

function proxyProblems(proxy: ProxyParameters | undefined): ParameterProblem[] {
  if (proxy === undefined) return [];
  const { http, https, noProxy, caBundle } = proxy;
  const problems: ParameterProblem[] = [];
  if (http === undefined && https === undefined && noProxy === undefined && caBundle === undefined) {
    problems.push(error(['proxy'], 'names no proxy, nothing to reach without one and no certificates'));
  }
  for (const [key, url] of [
    ['http', http],
    ['https', https],
  ] as const) {
    if (url === undefined || !/^[^/]*\/\/[^/]*@/.test(url)) continue;
    const message = 'everybody who may read a pod can read the password in it';
    problems.push({ keys: ['proxy', key], message, severity: 'warning' });
  }
  return problems;
}

function dnsProblems(dns: DnsParameters = {}): ParameterProblem[] {
  const { defaultPolicy, defaultConfig, allowedPolicies, allowedNameservers } = dns;
  const problems: ParameterProblem[] = [];
  const nameservers = defaultConfig?.nameservers ?? [];
  const isAllowed = compileRanges(allowedNameservers ?? []);
  for (const [index, address] of nameservers.entries()) {
    const keys = ['dns', 'defaultConfig', 'nameservers', String(index)];
    if (!isIpAddress(address)) problems.push(error(keys, `"${address}" is not an IP address`));
    else if (allowedNameservers && !isAllowed(address)) {
      problems.push(error(keys, `"${address}" is filled in here, and not among allowedNameservers`));
    }
  }
  for (const [index, range] of (allowedNameservers ?? []).entries()) {
    const keys = ['dns', 'allowedNameservers', String(index)];
    if (!isIpRange(range)) problems.push(error(keys, `"${range}" is not an IP address or a range`));
  }
  if (defaultPolicy !== undefined && allowedPolicies && !allowedPolicies.includes(defaultPolicy)) {
    problems.push(error(['dns', 'defaultPolicy'], `${defaultPolicy} is filled in here, and not among allowedPolicies`));
  }
  if (defaultPolicy === 'None' && nameservers.length === 0) {
    const message = 'Kubernetes refuses pods with None and no name server (give defaultConfig.nameservers)';
    problems.push(error(['dns', 'defaultPolicy'], message));
  }
  if (defaultPolicy === undefined && allowedPolicies && !allowedPolicies.includes('ClusterFirst')) {
    const message = 'pods that say nothing have ClusterFirst and are refused (give defaultPolicy to change that)';
    problems.push({ keys: ['dns', 'allowedPolicies'], message, severity: 'warning' });
  }
  return problems;
}

function portProblems({ hostPorts }: NetworkParameters): ParameterProblem[] {
  return (hostPorts?.allowed ?? []).flatMap((range, index) => {
    if (parsePorts(range) !== undefined) return [];
    return [error(['hostPorts', 'allowed', String(index)], `"${range}" is not a range of ports between 1 and 65535`)];
  });
}
