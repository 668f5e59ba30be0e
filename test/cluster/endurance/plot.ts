// The picture of a run: memory, requests and answer times over time, with a line for every upset. An SVG, readable on light and dark
// pages.

import type { Sample } from './samples.ts';
import { UPSETS, type UpsetDone } from './upsets.ts';

const WIDTH = 960;
const LEFT = 70;
const RIGHT = 20;
const PANEL = 150;
const GAP = 60;
const TOP = 40;
const COLORS = ['#2563eb', '#c2410c', '#15803d'];

interface Line {
  readonly name: string;
  readonly of: (sample: Sample) => number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const PANELS: readonly Panel[] = [
  {
    title: 'memory of the replica that stays, MiB',
    lines: [
      { name: 'resident', of: ({ residentMiB }) => residentMiB },
      { name: 'heap in use', of: ({ heapMiB }) => heapMiB },
    ],
  },
  { title: 'requests per second to the API server', lines: [{ name: 'requests', of: ({ rate }) => rate }] },
  {
    title: 'time of a request to the API server, ms',
    lines: [
      { name: 'half are faster', of: ({ median }) => median },
      { name: '99 of 100 are faster', of: ({ p99 }) => p99 },
    ],
  },
];

/** The picture, as the text of an SVG file. */
export function plot(samples: readonly Sample[], upsets: readonly UpsetDone[]): string {
  const end = samples.at(-1)?.second ?? 1;
  const x = (second: number): number => LEFT + (second / end) * (WIDTH - LEFT - RIGHT);
  const bottom = TOP + PANELS.length * (PANEL + GAP);
  const rows = UPSETS.map(({ name }, index) => {
    const y = bottom + index * 16;
    const marks = upsets
      .filter((done) => done.name === name)
      .map(
        ({ from, to }) =>
          `<rect x="${round(x(from))}" y="${y}" width="${round(Math.max(2, x(to) - x(from)))}" height="9"/>`,
      );
    return `<g fill="#7c3aed">${marks.join('')}</g>${label(LEFT, y - 2, name, 'start', 10)}`;
  });
  const panels = PANELS.map((panel, index) => drawPanel(panel, samples, TOP + index * (PANEL + GAP), x, end));
  const height = bottom + UPSETS.length * 16 + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height + UPSETS.length * 14}" font-family="sans-serif">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...panels,
    ...spread(rows),
    '</svg>',
    '',
  ].join('\n');
}

/** Moves each row down, so that the name of the next one has room above its marks. */
function spread(rows: readonly string[]): readonly string[] {
  return rows.map((row, index) => `<g transform="translate(0 ${index * 14})">${row}</g>`);
}

function drawPanel(
  panel: Panel,
  samples: readonly Sample[],
  top: number,
  x: (s: number) => number,
  end: number,
): string {
  const highest = niceAbove(Math.max(1, ...panel.lines.flatMap(({ of }) => samples.map(of))));
  const y = (value: number): number => top + PANEL - (value / highest) * PANEL;
  const grid = [0, 0.5, 1].map((share) => {
    const at = round(y(highest * share));
    const line = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#d4d4d8"/>`;
    return line + label(LEFT - 8, at + 4, String(round(highest * share)), 'end', 11);
  });
  const minutes = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    label(x(end * share), top + PANEL + 16, `${round((end * share) / 60)} min`, 'middle', 11),
  );
  const lines = panel.lines.map(({ name, of }, index) => {
    const points = samples.map((sample) => `${round(x(sample.second))},${round(y(of(sample)))}`).join(' ');
    const color = COLORS[index] ?? 'black';
    const key = `<rect x="${LEFT + 340 + index * 180}" y="${top - 17}" width="10" height="10" fill="${color}"/>`;
    const line = `<polyline fill="none" stroke="${color}" stroke-width="1.2" points="${points}"/>`;
    return line + key + label(LEFT + 355 + index * 180, top - 8, name, 'start', 11);
  });
  return `<g>${label(LEFT, top - 8, panel.title, 'start', 13)}${grid.join('')}${minutes.join('')}${lines.join('')}</g>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end', size: number): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}" fill="#18181b">${text}</text>`;
}

/** The next number above with one digit that is not 0: 1, 2, 5, 10 … */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value) ?? 10;
  return step * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
