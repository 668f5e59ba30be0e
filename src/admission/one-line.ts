// Text on one line and of bounded length: needed wherever strangers' words go into messages, and so part of the model.
export { cutBytes, cutRunes, cutUnits, joinWithin, oneLine, runeCount } from '../model/one-line.ts';
