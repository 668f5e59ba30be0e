// Which paths the policy blocks, wherever they are.
import { plainPath } from '../../kubernetes/file-path.ts';
import { compileGlob } from '../../model/glob.ts';
import type { VolumeParameters } from './parameters.ts';

/** What nanoclaw blocks by default: src/modules/mount-security/index.ts of nanoclaw 2.0.64. */
export const NANOCLAW: readonly string[] = [
  '.ssh',
  '.gnupg',
  '.gpg',
  '.aws',
  '.azure',
  '.gcloud',
  '.kube',
  '.docker',
  'credentials',
  '.env',
  '.netrc',
  '.npmrc',
  '.pypirc',
  'id_rsa',
  'id_ed25519',
  'private_key',
  '.secret',
];

/** The pattern, as it was written, that a path matches; undefined where it matches none. */
export type BlockedBy = (path: string) => string | undefined;

/** All patterns of the policy. */
export function blockedPatterns({
  lists,
  patterns = [],
}: NonNullable<VolumeParameters['blockedPaths']>): readonly string[] {
  return [...(lists?.includes('nanoclaw') ? NANOCLAW : []), ...patterns];
}

/**
 * Makes what tells blocked paths. Upper and lower case make no difference, since some storage does not know one from the other;
 * nor do other spellings that lead to the same file somewhere.
 */
export function compileBlocked(blocked: NonNullable<VolumeParameters['blockedPaths']>): BlockedBy | undefined {
  const patterns = blockedPatterns(blocked).map((written) => ({ written, text: written.toLowerCase() }));
  if (patterns.length === 0) return undefined;
  if (blocked.match === 'Contains') {
    return (path) => {
      const [plain, lower] = [plainPath(path), path.toLowerCase()];
      return patterns.find(({ text }) => plain.includes(text) || lower.includes(text))?.written;
    };
  }
  const globs = patterns.map(({ written, text }) => ({ written, matches: compileGlob(text) }));
  return (path) => {
    const parts = [...plainPath(path).split('/'), ...path.toLowerCase().split('/')];
    return globs.find(({ matches }) => parts.some((part) => part !== '' && matches(part)))?.written;
  };
}
