// IP addresses. Source: k8s.io/apiserver/pkg/cel/library/ip.go; what the predicates mean is that of Go's net/netip.
import { Failure } from '../run/budget.ts';
import { Ip, parseIp } from './address.ts';
import { type Arguments, boxedAt, textAt } from './arguments.ts';
import { fn, type Library, method } from './function.ts';

const LIMITED_BROADCAST = 0xffffffffn;

/** An address of text. Throws `Failure`. */
export function readIp(args: Arguments, index: number): Ip {
  const ip = parseIp(textAt(args, index));
  if (ip === undefined) throw new Failure('the text is not an IP address');
  return ip;
}

function ipAt(args: Arguments): Ip {
  return boxedAt(args, 0, Ip);
}

function isLoopback({ family, bits }: Ip): boolean {
  return family === 4 ? bits >> 24n === 127n : bits === 1n;
}

function isMulticast({ family, bits }: Ip): boolean {
  return family === 4 ? bits >> 28n === 0b1110n : bits >> 120n === 0xffn;
}

function isLinkLocalMulticast({ family, bits }: Ip): boolean {
  return family === 4 ? bits >> 8n === 0xe00000n : (bits >> 112n) % 0x10n === 2n && bits >> 120n === 0xffn;
}

function isLinkLocalUnicast({ family, bits }: Ip): boolean {
  return family === 4 ? bits >> 16n === 0xa9fen : bits >> 118n === 0xfe80n >> 6n;
}

function isGlobalUnicast(ip: Ip): boolean {
  if (ip.bits === 0n || (ip.family === 4 && ip.bits === LIMITED_BROADCAST)) return false;
  return !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip);
}

export const IPS: Library = [
  fn('ip(string): ip', (args) => readIp(args, 0)),
  fn('isIP(string): bool', (args) => parseIp(textAt(args, 0)) !== undefined),
  fn('ip.isCanonical(string): bool', (args) => readIp(args, 0).text === textAt(args, 0)),
  fn('string(ip): string', (args) => ipAt(args).text),
  method('ip', 'family(): int', (args) => BigInt(ipAt(args).family)),
  method('ip', 'isUnspecified(): bool', (args) => ipAt(args).bits === 0n),
  method('ip', 'isLoopback(): bool', (args) => isLoopback(ipAt(args))),
  method('ip', 'isLinkLocalMulticast(): bool', (args) => isLinkLocalMulticast(ipAt(args))),
  method('ip', 'isLinkLocalUnicast(): bool', (args) => isLinkLocalUnicast(ipAt(args))),
  method('ip', 'isGlobalUnicast(): bool', (args) => isGlobalUnicast(ipAt(args))),
];
