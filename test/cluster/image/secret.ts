// A Secret as the kubelet mounts one: files by way of `..data`, which a renewal replaces in one go.
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../../../src/server/tls/certificate.ts';

export interface Secret {
  readonly folder: string;
  replace(pair: Certificate): void;
}

/** Makes one of type kubernetes.io/tls. Only root and the group may read it, as with `defaultMode: 0440` and an `fsGroup`. */
export function mountSecret(folder: string, pair: Certificate, group: number, mode = 0o440): Secret {
  let version = 0;
  mkdirSync(folder, { recursive: true });

  function write({ cert, key }: Certificate): void {
    const name = `..2026_11_22_${++version}`;
    const old = `..2026_11_22_${version - 1}`;
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries({ 'tls.crt': cert, 'tls.key': key })) {
      const path = join(folder, name, file);
      writeFileSync(path, text);
      chownSync(path, 0, group);
      chmodSync(path, mode);
    }
    symlinkSync(name, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    rmSync(join(folder, old), { recursive: true, force: true });
  }

  write(pair);
  for (const file of ['tls.crt', 'tls.key']) symlinkSync(`..data/${file}`, join(folder, file));
  return { folder, replace: write };
}
