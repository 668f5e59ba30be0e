// Ranges of IP addresses. Source: k8s.io/apiserver/pkg/cel/library/cidr.go.
import { Failure } from '../run/budget.ts';
import { Cidr, Ip, parseCidr } from './address.ts';
import { type Arguments, boxedAt, textAt } from './arguments.ts';
import { fn, type Library, method } from './function.ts';
import { readIp } from './ip.ts';

function readCidr(args: Arguments, index: number): Cidr {
  const cidr = parseCidr(textAt(args, index));
  if (cidr === undefined) throw new Failure('the text is not a range of addresses such as 10.0.0.0/8');
  return cidr;
}

function cidrAt(args: Arguments, index = 0): Cidr {
  return boxedAt(args, index, Cidr);
}

function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.length <= inner.length && outer.contains(inner.ip);
}

export const CIDRS: Library = [
  fn('cidr(string): cidr', (args) => readCidr(args, 0)),
  fn('isCIDR(string): bool', (args) => parseCidr(textAt(args, 0)) !== undefined),
  fn('string(cidr): string', (args) => cidrAt(args).text),
  method('cidr', 'containsIP(string): bool', (args) => cidrAt(args).contains(readIp(args, 1))),
  method('cidr', 'containsIP(ip): bool', (args) => cidrAt(args).contains(boxedAt(args, 1, Ip))),
  method('cidr', 'containsCIDR(string): bool', (args) => containsCidr(cidrAt(args), readCidr(args, 1))),
  method('cidr', 'containsCIDR(cidr): bool', (args) => containsCidr(cidrAt(args), cidrAt(args, 1))),
  method('cidr', 'ip(): ip', (args) => cidrAt(args).ip),
  method('cidr', 'prefixLength(): int', (args) => BigInt(cidrAt(args).length)),
  method('cidr', 'masked(): cidr', (args) => {
    const { ip, free, length } = cidrAt(args);
    return new Cidr(new Ip(ip.family, (ip.bits >> free) << free), length);
  }),
];
