// Addresses are compared, and not how they are written.
import { expect, test } from 'vitest';
import { compileRanges, isIpAddress, isIpRange } from '../../src/kubernetes/ip.ts';

test.each([
  '10.0.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::',
  '::1',
  'fd00::1',
  '1:2:3:4:5:6:7:8',
  '::ffff:1.2.3.4',
  'FE80::a',
  '1::8',
])('"%s" is an address', (text) => {
  expect(isIpAddress(text)).toBe(true);
  expect(compileRanges([text])(text)).toBe(true);
});

test.each([
  '',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '0x1.2.3.4',
  '1.2.3.4 ',
  '1.2.3.-4',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8:9',
  'fe80::1%eth0',
  '12345::',
  'g::',
  '::1.2.3',
  '1.2.3.4::',
  'localhost',
  '١.2.3.4',
  '1.2.3.4/8',
  '0'.repeat(100_000),
])('%j is not an address, and in no range', (text) => {
  expect(isIpAddress(text)).toBe(false);
  expect(compileRanges(['0.0.0.0/0', '::/0'])(text)).toBe(false);
});

test.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.1.2.3/8', '10.9.9.9', true],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '::1', false],
  ['10.0.0.1/32', '10.0.0.1', true],
  ['fd00::/8', 'fdff::1', true],
  ['fd00::/8', 'fe00::1', false],
  ['fd00::1', 'FD00:0:0::0001', true],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['::ffff:10.0.0.0/104', '10.1.1.1', true],
  ['::/0', '10.0.0.1', false],
])('the range %s has %s in it: %s', (range, address, isIn) => {
  expect(compileRanges([range])(address)).toBe(isIn);
});

test.each([
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '::/129',
  '::ffff:0.0.0.0/95',
  'x/8',
  '/8',
])('"%s" is not a range, and matches nothing', (text) => {
  expect(isIpRange(text)).toBe(false);
  expect(compileRanges([text])('10.0.0.0')).toBe(false);
});
