// A part of the build: the types of the library, one file of declarations for each of its sources. Its exported functions
// name types of src/library/types.ts alone, so nothing else of the program has to come with them.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'rolldown';
import { isolatedDeclarationSync } from 'rolldown/experimental';

const SOURCE = join(import.meta.dirname, '../src');

/** The sources whose declarations ship, from the one that package.json names. */
export const DECLARED = [
  'index.ts',
  'library/check.ts',
  'library/explain-name.ts',
  'library/explain-types.ts',
  'library/explain.ts',
  'library/fill-in.ts',
  'library/policies.ts',
  'library/replies.ts',
  'library/review.ts',
  'library/types.ts',
  'model/version.ts',
] as const;

/**
 * The declarations of one of the sources, all of them side by side.
 * @throws Error where a type is not written out
 */
export function declarationsOf(source: (typeof DECLARED)[number]): string {
  const path = join(SOURCE, source);
  const { code, errors } = isolatedDeclarationSync(path, readFileSync(path, 'utf8'), { stripInternal: true });
  if (errors.length > 0) throw new Error(`${source}: ${errors.map(({ message }) => message).join('; ')}`);
  return code.replaceAll(/(from ")[^"]*\/([\w-]+)\.ts(")/g, '$1./$2.js$3');
}

/** Writes index.d.ts and what it imports beside the bundle. */
export function declarations(): Plugin {
  return {
    name: 'declarations',
    generateBundle() {
      for (const source of DECLARED) {
        const fileName = `${basename(source, '.ts')}.d.ts`;
        this.emitFile({ type: 'asset', fileName, source: declarationsOf(source) });
      }
    },
  };
}
