// Policies from texts.
import { loadPolicies as load } from '../resources/load.ts';
import { handleOf } from './handle.ts';
import type { LoadedPolicies, SourceFile } from './types.ts';

/**
 * Loads policies and capability classes as one set.
 * @returns the policies, or everything that is wrong with them, with places
 */
export function loadPolicies(files: readonly SourceFile[]): LoadedPolicies {
  const loaded = load(files);
  if (!loaded.ok) return { ok: false, problems: loaded.problems, warnings: loaded.warnings };
  return { ok: true, policies: handleOf(loaded.policies), warnings: loaded.warnings };
}
