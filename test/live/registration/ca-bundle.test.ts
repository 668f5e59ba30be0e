// Which CAs are registered: ours, and for a while those of before.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleFor, OVERLAP_MS } from '../../../src/cluster/registration/ca-bundle.ts';
import { makeAuthority } from '../../support/certificates.ts';

const DAY_MS = 24 * 60 * 60_000;
const NOW = Date.now();
const LATER = new Date(NOW + 60_000).toISOString();
const EARLIER = new Date(NOW - 60_000).toISOString();

let old: string;
let newer: string;
let expired: string;

beforeAll(async () => {
  expired = (await makeAuthority('expired', new Date(NOW - DAY_MS))).cert;
  old = (await makeAuthority('old')).cert;
  // Certificates begin at whole seconds.
  await sleep(1100);
  newer = (await makeAuthority('newer')).cert;
});

function base64(...pems: readonly string[]): string {
  return Buffer.from(pems.join('')).toString('base64');
}

function pemOf({ caBundle }: { readonly caBundle: string }): string {
  return Buffer.from(caBundle, 'base64').toString('utf8');
}

test('where nothing is registered, ours is all there is', () => {
  expect(pemOf(bundleFor(newer, [], undefined, NOW))).toBe(newer);
  expect(bundleFor(newer, [], undefined, NOW).formerUntil).toBeUndefined();
});

describe('a CA of before', () => {
  test('stays for the overlap from when it is first seen beside another, and not longer', () => {
    const first = bundleFor(newer, [base64(old)], undefined, NOW);
    expect(pemOf(first)).toBe(newer + old);
    expect(first.formerUntil).toBe(new Date(NOW + OVERLAP_MS).toISOString());
    const during = bundleFor(newer, [base64(newer, old)], LATER, NOW);
    expect([pemOf(during), during.formerUntil]).toEqual([newer + old, LATER]);
  });

  test('goes when its time is over', () => {
    const after = bundleFor(newer, [base64(newer, old)], EARLIER, NOW);
    expect([pemOf(after), after.formerUntil]).toEqual([newer, undefined]);
  });

  test('does not go where ours is the older one: its successors serve what it signed', () => {
    expect(pemOf(bundleFor(old, [base64(newer, old)], EARLIER, NOW))).toBe(old + newer);
  });

  test('that has expired goes at once', () => {
    expect(pemOf(bundleFor(newer, [base64(expired)], undefined, NOW))).toBe(newer);
  });

  test('is counted once, however many webhooks have it', () => {
    expect(pemOf(bundleFor(newer, [base64(old), base64(old), base64(newer, old)], LATER, NOW))).toBe(newer + old);
  });
});

test('what is not a certificate is not taken over, and breaks nothing', () => {
  const garbage = [base64('hello'), '%%%', base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')];
  expect(pemOf(bundleFor(newer, garbage, 'not a time', NOW))).toBe(newer);
});

test('of many CAs that somebody registered, a few stay', async () => {
  const many = await Promise.all(Array.from({ length: 8 }, async (_, index) => (await makeAuthority(`${index}`)).cert));
  const { fingerprints } = bundleFor(newer, [base64(...many)], undefined, NOW);
  expect(fingerprints.size).toBe(5);
});
