// The rule that AppArmor and seccomp fields share.
import type { Profile } from '../kubernetes/pod.ts';

/**
 * The type of a profile that is neither RuntimeDefault nor Localhost, or undefined where all is well or nothing is set.
 * A profile without a type has the type "", which is forbidden.
 */
export function forbiddenProfileType(profile: Profile | null | undefined): string | undefined {
  if (!profile) return undefined;
  const type = profile.type ?? '';
  return type === 'RuntimeDefault' || type === 'Localhost' ? undefined : type;
}
