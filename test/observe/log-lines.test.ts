// Every line that is logged is in the table that the docs are made from, and the other way round.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { LOG_LINES } from '../../src/observe/log-lines.ts';
import { ownKindMessages } from '../../src/observe/own-kind-log-lines.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';

const SRC = resolve(import.meta.dirname, '../../src');

/** The constant messages in the source, each with the level it is logged at where that can be seen. */
function loggedMessages(): string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    const direct = text.matchAll(/\blog\.(error|warn|info|debug)\([^;]*?, '([^']+)'\)/g);
    const faults = text.matchAll(/\b(?:logFault|survive)\([^;]*?, '([^']+)'/g);
    return [
      ...[...direct].map(([, level, msg]) => `${level}: ${msg}`),
      ...[...faults].map(([, msg]) => `error: ${msg}`),
    ];
  });
}

/** The messages that are made from the noun of one of our own kinds, as the server logs them. */
function ownKindLines(): string[] {
  return OWN_KINDS.flatMap((kind) => {
    const { accepted, refused, statusNotWritten } = ownKindMessages(kind);
    const unresolved = kind.references.flatMap(({ logMessage }) => logMessage ?? []);
    return [`info: ${accepted}`, ...[refused, statusNotWritten, ...unresolved].map((msg) => `warn: ${msg}`)];
  });
}

test('every message is documented, at its level', () => {
  // The one message with numbers in it cannot be found as a constant.
  const documented = LOG_LINES.map(({ level, msg }) => `${level}: ${msg}`).filter(
    (line) => !line.includes(' N faults '),
  );
  expect([...new Set([...loggedMessages(), ...ownKindLines()])].toSorted()).toEqual(documented.toSorted());
});
