// What RBAC is asked about a capability class: the verb and the resource that a rule has to name.
import { API_VERSION } from './names.ts';

export const CLASS_USE = {
  verb: 'use',
  group: API_VERSION.slice(0, API_VERSION.indexOf('/')),
  resource: 'capabilityclasses',
} as const;
