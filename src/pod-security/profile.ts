// The rule that AppArmor and seccomp fields share.
import type { Profile } from '../kubernetes/pod.ts';

/** True for a profile whose type is neither RuntimeDefault nor Localhost; a profile without a type is forbidden, too. */
export function isForbiddenProfile(profile: Profile | null | undefined): boolean {
  return Boolean(profile) && profile?.type !== 'RuntimeDefault' && profile?.type !== 'Localhost';
}
