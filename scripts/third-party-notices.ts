// A part of the build: the licences of everything that was bundled, which all of them ask to be passed on with it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { stringField } from '../src/model/json.ts';

const FILE = 'THIRD-PARTY-NOTICES.txt';
const IN_PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENSE_FILE = /^(?:licen[cs]e|notice|copying)/i;

/** Writes THIRD-PARTY-NOTICES.txt beside the bundle. The build fails where a package comes without a licence. */
export function thirdPartyNotices(): Plugin {
  return {
    name: 'third-party-notices',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        for (const id of file.moduleIds) {
          const folder = IN_PACKAGE.exec(id)?.[0];
          if (folder !== undefined) folders.add(folder);
        }
      }
      // The same version can be there twice, each in the folder of whoever asked for it.
      const notices = [...new Set([...folders].map(noticeOf))].toSorted();
      this.emitFile({ type: 'asset', fileName: FILE, source: notices.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

function noticeOf(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const name = stringField(manifest, 'name') ?? folder;
  const license = stringField(manifest, 'license');
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  if (license === undefined && files.length === 0)
    throw new Error(`${name}: it has no licence that could be passed on`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${stringField(manifest, 'version') ?? ''} (${license ?? 'see below'})`, ...texts]
    .join('\n\n')
    .concat('\n');
}
