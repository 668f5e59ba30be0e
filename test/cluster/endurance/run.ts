// `npm run endurance [-- --minutes 30]`: runs it, and writes docs/endurance.md and its picture.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endure } from './endure.ts';
import { renderPage } from './page.ts';
import { plot } from './plot.ts';

const DOCS = resolve(import.meta.dirname, '../../../docs');

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes} is not a number of minutes`);

const timing = { sampleMs: 5000, upsetRestMs: 5000, clientRestMs: 250 };
const endured = await endure({ seconds: minutes * 60, ...timing });
const hardware = `${cpus().length} vCPU, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const machine = `${hardware}, load average ${Math.round(loadavg()[2] ?? 0)} at the end, Node ${process.version.slice(1)}`;
writeFileSync(resolve(DOCS, 'pictures/endurance.svg'), plot(endured.samples, endured.upsets));
writeFileSync(resolve(DOCS, 'endurance.md'), renderPage(endured, new Date().toISOString().slice(0, 10), machine));
const { samples: _, ...told } = endured;
console.log(JSON.stringify(told, undefined, 2));
