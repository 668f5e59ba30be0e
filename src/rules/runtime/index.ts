// The rule `runtime`: the RuntimeClass that pods run with.
import { defineRule } from '../rule.ts';
import { parameters } from './parameters.ts';
import { runtimeClass } from './runtimeClass.ts';

export const runtime = defineRule({ key: 'runtime', parameters, fillIns: [runtimeClass] });
