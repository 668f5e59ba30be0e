// Policies from texts.
import { loadPolicies as load } from '../resources/load.ts';
import { handleOf } from './handle.ts';
import type { LoadedPolicies, SourceFile } from './types.ts';

/**
 * Loads policies, capability classes and exceptions as one set; an exception without a namespace is of `default`.
 * @returns the policies, or everything that is wrong with them, with places
 */
export function loadPolicies(files: readonly SourceFile[]): LoadedPolicies {
  const loaded = load(files, { namespace: 'default' });
  if (!loaded.ok) return { ok: false, problems: loaded.problems, warnings: loaded.warnings };
  return { ok: true, policies: handleOf(loaded.policies), warnings: loaded.warnings };
}
