// Everything that expressions can call: what ValidatingAdmissionPolicies of Kubernetes 1.37 can, but for the authorizer, which
// needs the API server. Source: k8s.io/apiserver/pkg/cel/environment/base.go.
import { CIDRS } from './cidr.ts';
import { CONVERSIONS } from './conversions.ts';
import type { Library, Overload } from './function.ts';
import { INDEXING } from './indexing.ts';
import { IPS } from './ip.ts';
import { LISTS } from './lists.ts';
import { NAMED_FORMATS } from './named-format.ts';
import { OPERATORS } from './operators.ts';
import { OPTIONALS } from './optional.ts';
import { QUANTITIES } from './quantity.ts';
import { MATCHES_FUNCTION, REGEX } from './regex.ts';
import { SEMVERS } from './semver.ts';
import { SETS } from './sets.ts';
import { STRINGS } from './strings.ts';
import { TIME } from './time.ts';
import { URLS } from './url.ts';

const LIBRARIES: readonly Library[] = [
  OPERATORS,
  INDEXING,
  CONVERSIONS,
  STRINGS,
  REGEX,
  MATCHES_FUNCTION,
  LISTS,
  SETS,
  OPTIONALS,
  TIME,
  QUANTITIES,
  IPS,
  CIDRS,
  URLS,
  SEMVERS,
  NAMED_FORMATS,
];

/** Every form of every function and operator, by name. */
export const FUNCTIONS: ReadonlyMap<string, readonly Overload[]> = Map.groupBy(LIBRARIES.flat(), ({ name }) => name);
