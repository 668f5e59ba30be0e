// The rule `capabilities`: the classes that workloads may be granted. What a grant comes to is decided by the engine
// (src/grants, src/engine/grants), which takes what it adds out of the pod before the other rules judge it.
import { defineRule } from '../rule.ts';
import { examples } from './examples.ts';
import { parameters } from './parameters.ts';

export const capabilities = defineRule({ key: 'capabilities', parameters, uniqueBy: 'name', examples });
