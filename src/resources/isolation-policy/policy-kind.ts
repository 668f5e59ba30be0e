// IsolationPolicy as a kind of the Kubernetes API.
import { API_VERSION } from '../../model/names.ts';

const [group = '', version = ''] = API_VERSION.split('/');

/** What the API server calls policies. */
export const POLICY_KIND = { group, version, kind: 'IsolationPolicy', plural: 'isolationpolicies' } as const;
