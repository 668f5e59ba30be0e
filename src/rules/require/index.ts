// The rule `require`: the fields that `harden` can fill in, judged.
import { defineRule } from '../rule.ts';
import { parameters } from './parameters.ts';
import { requiredAllowPrivilegeEscalation } from './requiredAllowPrivilegeEscalation.ts';
import { requiredCapabilities } from './requiredCapabilities.ts';
import { requiredHostUsers } from './requiredHostUsers.ts';
import { requiredReadOnlyRootFilesystem } from './requiredReadOnlyRootFilesystem.ts';
import { requiredRunAsNonRoot } from './requiredRunAsNonRoot.ts';
import { requiredSeccompProfile } from './requiredSeccompProfile.ts';

export const require = defineRule({
  key: 'require',
  parameters,
  checks: [
    requiredSeccompProfile,
    requiredAllowPrivilegeEscalation,
    requiredCapabilities,
    requiredRunAsNonRoot,
    requiredReadOnlyRootFilesystem,
    requiredHostUsers,
  ],
});
