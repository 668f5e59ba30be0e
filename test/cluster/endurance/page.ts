// docs/endurance.md: what a run came to.
import { release } from 'node:os';
import type { Endured } from './endure.ts';
import { MIXTURE } from './mixture.ts';
import { memoryTrend } from './samples.ts';
import { UPSETS } from './upsets.ts';

/** The page. `date` is that of the run, `machine` says on what it ran. */
export function renderPage(endured: Endured, date: string, machine: string): string {
  const { asked, calls, upsets, samples, ended, seconds } = endured;
  const requests = Object.values(asked).reduce((sum, { count }) => sum + count, 0);
  const failures = Object.values(asked).flatMap(({ failures: found }) => Object.entries(found));
  const called = Object.values(calls.codes).reduce((sum, count) => sum + count, 0);
  const { peak, heldBefore, heldAfter } = memoryTrend(samples);
  const minutes = Math.round(seconds / 60);
  const rows = MIXTURE.map(({ name, clients }) => {
    const one = asked[name];
    return `| ${name} | ${clients} | ${one?.count ?? 0} | ${one?.slowest ?? 0} ms |`;
  });
  const done = UPSETS.map(({ name }) => `| ${name} | ${upsets.filter((one) => one.name === name).length} |`);
  return `<!-- Made by \`npm run endurance\` from a run: do not edit. -->

# Endurance

${minutes} minutes of mixed load on a real API server, while policies were edited, certificates rotated and replicas replaced. \`npm run
endurance -- --minutes 30\` does it again and writes this page; \`npm run test:cluster -- endurance\` does three minutes of it, as
\`.ci/run\` does for every change.

On ${date}, ${machine}, Linux ${release()}: etcd, kube-apiserver, three replicas of
the bundle with the options of the image, the balancer and the clients all on that machine. Each replica has a heap of 128 MiB, which is what the image takes in the 256 MiB of the chart. The
balancer and what it is not like are described in [faults](faults.md).

| | |
| --- | --- |
| requests to the API server | ${requests} |
| its calls to Sandgate | ${called} |
| calls that failed, by the API server's own metrics | ${calls.refusedForFailure + calls.failedOpen} |
| requests with a wrong answer | ${failures.reduce((sum, [, count]) => sum + count, 0)} |
| replicas that ended, and how many of them cut a request off or turned one away | ${ended.count}, ${ended.complaints.length} |
| connections that found no replica | ${endured.unrouted} |
| bugs counted, reviews turned away by the replica that stayed | ${endured.faults}, ${endured.shed} |
| most memory resident, of the replica that stayed from beginning to end | ${Math.round(peak)} MiB |
| least heap in use in the second third of the time, and in the last | ${Math.round(heldBefore)} MiB, ${Math.round(heldAfter)} MiB |

![memory, requests and answer times over the run](pictures/endurance.svg)

The heap rises until V8 collects; what stays after a collection is what counts, and it is compared above. Times are those of this machine,
on which all parts and all other work share the cores; what a call costs by itself is in [performance](performance.md).

## What was asked

| request | clients | how many | slowest |
| --- | --- | --- | --- |
${rows.join('\n')}

Each answer was looked at: what is filled in is there, what is to be refused is refused, with the check that says so.

## What happened meanwhile

| | times |
| --- | --- |
${done.join('\n')}

"Two nodes drained" ends two of three replicas at the same moment, as a drain of their nodes does, and starts two others afterwards.
`;
}
