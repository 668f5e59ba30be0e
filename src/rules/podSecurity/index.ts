// The rule `podSecurity`: the level of the Pod Security Standards that pods must meet. Its checks are those of the
// Standards (src/pod-security); which of them run is decided by level and version, or by the namespace's labels.
import { defineRule } from '../rule.ts';
import { examples } from './examples.ts';
import { parameters } from './parameters.ts';

export const podSecurity = defineRule({ key: 'podSecurity', parameters, examples });
