// IP addresses and ranges of them, as strictly as a program that resolves names reads them.

/** An address: its family, and its bits as one number. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** True where the text is an IP address, in any of the spellings that are compared here. */
export function isIpAddress(text: string): boolean {
  return addressOf(text) !== undefined;
}

/** True where the text is an IP address or a range in CIDR notation. */
export function isIpRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

/**
 * Makes the test whether an address is one of these, or in one of these ranges. Addresses are compared and not their spelling:
 * `fd00::1` is `fd00:0:0::1`, and `::ffff:10.0.0.1` is `10.0.0.1`. Text that is not an address is in no range; that includes `010.0.0.1`,
 * which some programs read as octal.
 * @param ranges addresses and CIDR ranges; anything else matches nothing
 */
export function compileRanges(ranges: readonly string[]): (text: string) => boolean {
  const parsed = ranges.flatMap((range) => parseRange(range) ?? []);
  const addresses = new Set(ranges.filter((range) => addressOf(range) !== undefined));
  return (text) => {
    if (addresses.has(text)) return true;
    const address = addressOf(text);
    if (address === undefined) return false;
    return parsed.some(
      ({ family, bits, shift }) => family === address.family && bits >> shift === address.bits >> shift,
    );
  };
}

function parseRange(text: string): (Address & { readonly shift: bigint }) | undefined {
  const [start = '', length, ...rest] = text.split('/', 3);
  const address = addressOf(start);
  if (address === undefined || rest.length > 0) return undefined;
  const width = address.family === 4 ? 32 : 128;
  if (length === undefined) return { ...address, shift: 0n };
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  // A range of IPv4 addresses in an IPv6 spelling counts from the end of the long prefix.
  const prefix = address.family === 4 && start.includes(':') ? Number(length) - 96 : Number(length);
  return prefix < 0 || prefix > width ? undefined : { ...address, shift: BigInt(width - prefix) };
}

/** The longest spelling of an address. */
const LONGEST = '0000:0000:0000:0000:0000:0000:255.255.255.255'.length;

/**
 * The address of a text; undefined where it is not one. `::ffff:10.0.0.1` is the IPv4 address in it.
 */
export function addressOf(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  const bits = text.includes(':') ? parseV6(text) : parseV4(text);
  if (bits === undefined) return undefined;
  if (!text.includes(':')) return { family: 4, bits };
  return bits >> 32n === 0xffffn ? { family: 4, bits: bits & 0xffffffffn } : { family: 6, bits };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const [head = '', tail, ...rest] = text.split('::');
  if (rest.length > 0) return undefined;
  const front = groupsOf(head, tail === undefined);
  const back = tail === undefined ? [] : groupsOf(tail, true);
  if (front === undefined || back === undefined) return undefined;
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => 0n), ...back];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The groups of 16 bits on one side of `::`; where it is the end of the address, the last may be an IPv4 address. */
function groupsOf(side: string, isEnd: boolean): readonly bigint[] | undefined {
  if (side === '') return [];
  const parts = side.split(':');
  const last = parts.at(-1) ?? '';
  const v4 = last.includes('.') ? parseV4(last) : undefined;
  if (last.includes('.') && (v4 === undefined || !isEnd)) return undefined;
  const hex = v4 === undefined ? parts : parts.slice(0, -1);
  if (!hex.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  const groups = hex.map((part) => BigInt(`0x${part}`));
  return v4 === undefined ? groups : [...groups, v4 >> 16n, v4 & 0xffffn];
}
