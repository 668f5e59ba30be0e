// IP addresses and prefixes as Go's net/netip reads and writes them, without zones and without IPv4 addresses in IPv6 form,
// both of which Kubernetes refuses. Source: k8s.io/apiserver/pkg/cel/library/{ip,cidr}.go.
import { addressOf } from '../../kubernetes/ip.ts';
import { Opaque } from '../values/value.ts';

/** An address: its family, and its bits as one number. */
export class Ip extends Opaque {
  readonly kind = 'ip';
  readonly family: 4 | 6;
  readonly bits: bigint;

  constructor(family: 4 | 6, bits: bigint) {
    super();
    this.family = family;
    this.bits = bits;
  }

  get identity(): string {
    return this.text;
  }

  /** `10.0.0.1`, `fd00::1`: the one spelling that is canonical. */
  get text(): string {
    return this.family === 4 ? textOfV4(this.bits) : textOfV6(this.bits);
  }
}

/** A prefix such as `10.0.0.0/8`; the bits behind its length are kept. */
export class Cidr extends Opaque {
  readonly kind = 'cidr';
  readonly ip: Ip;
  readonly length: number;

  constructor(ip: Ip, length: number) {
    super();
    this.ip = ip;
    this.length = length;
  }

  get identity(): string {
    return this.text;
  }

  get text(): string {
    return `${this.ip.text}/${this.length}`;
  }

  /** How many bits behind the prefix are free. */
  get free(): bigint {
    return BigInt((this.ip.family === 4 ? 32 : 128) - this.length);
  }

  contains(ip: Ip): boolean {
    return ip.family === this.ip.family && ip.bits >> this.free === this.ip.bits >> this.free;
  }
}

/** Reads an address; undefined for what is not one. */
export function parseIp(text: string): Ip | undefined {
  const address = addressOf(text);
  if (address === undefined) return undefined;
  // An IPv4 address in IPv6 form.
  if (address.family === 4 && text.includes(':')) return undefined;
  return new Ip(address.family, address.bits);
}

/** Reads a prefix; undefined for what is not one. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf('/');
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (ip === undefined || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  return Number(length) <= (ip.family === 4 ? 32 : 128) ? new Cidr(ip, Number(length)) : undefined;
}

function textOfV4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

function textOfV6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  // The longest run of at least two groups that are zero, and of equal ones the first.
  let [start, length] = [-1, 1];
  for (let at = 0; at < groups.length; at++) {
    let run = 0;
    while (groups[at + run] === '0') run++;
    if (run > length) [start, length] = [at, run];
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}
