// A part of the build: the playground, as a page, a style sheet and one script, which can be published from any folder.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin, RolldownOptions } from 'rolldown';
import { thirdPartyNotices } from '../third-party-notices.ts';
import { samples } from './samples.ts';

const SOURCE = resolve(import.meta.dirname, '../../playground');
const SAMPLES = 'virtual:samples';

/**
 * What rolldown makes the playground of. A classic script and not a module: browsers do not load modules of a page that is opened
 * as a file.
 */
export const playground = {
  input: { playground: join(SOURCE, 'page/main.ts') },
  platform: 'browser',
  // That of the page is for its types alone, and extends one that the image is built without.
  tsconfig: false,
  plugins: [samplesModule(), page(), thirdPartyNotices()],
  output: { dir: 'dist/playground', format: 'iife', minify: true },
} satisfies RolldownOptions;

/** The module that main.ts has the samples from. */
function samplesModule(): Plugin {
  return {
    name: 'samples',
    resolveId: (id) => (id === SAMPLES ? `\0${SAMPLES}` : null),
    load: (id) => (id === `\0${SAMPLES}` ? `export default ${JSON.stringify(samples())};` : null),
  };
}

/** The files that are not made of modules. */
function page(): Plugin {
  return {
    name: 'page',
    generateBundle() {
      for (const fileName of ['index.html', 'playground.css']) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(join(SOURCE, fileName), 'utf8') });
      }
    },
  };
}
