// The library as it ships: one file, made anew from the sources, in memory.
import { join, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { type OutputChunk, rolldown } from 'rolldown';

const ROOT = resolve(import.meta.dirname, '../..');

/** The chunks of the library's bundle; `iife` gives one that can be run as a script. */
export async function libraryChunks(): Promise<readonly OutputChunk[]> {
  const build = await rolldown({
    cwd: ROOT,
    input: { index: join(ROOT, 'src/index.ts') },
    platform: 'browser',
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'iife', name: 'sandgate' });
  await build.close();
  return output.filter((file) => file.type === 'chunk');
}

/**
 * Runs a script where there is nothing but JavaScript itself and what every browser has for base64 and UTF-8: no process, no
 * Buffer, no require, no timers.
 */
export function runAlone(code: string, given: Readonly<Record<string, unknown>>): unknown {
  const context = createContext(
    { ...given, atob, btoa, TextDecoder, TextEncoder },
    { codeGeneration: { strings: true, wasm: false } },
  );
  return runInContext(code, context, { filename: 'library.js' });
}
