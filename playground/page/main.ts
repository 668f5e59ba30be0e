// The page: two editors, what comes of them, and links that hold them.
import SAMPLES from 'virtual:samples';
import { version } from '../../src/index.ts';
import { fragmentOf, LONGEST_FRAGMENT, stateOf } from '../link.ts';
import { outcomeOf } from '../outcome.ts';
import type { Sample, State } from '../state.ts';
import { createEditor } from './editor.ts';
import { byId, element } from './elements.ts';
import { resultsOf } from './results.ts';

/** How long to wait for more typing, in milliseconds: short enough to be felt as at once. */
const PAUSE = 250;
/** Open until a visitor closes it. */
const OPEN_AT_FIRST = 'What is filled in';

const summary = byId('summary', HTMLParagraphElement);
const details = byId('details', HTMLDivElement);
const shared = byId('shared', HTMLParagraphElement);
const choice = byId('sample', HTMLSelectElement);

let timer: ReturnType<typeof setTimeout> | undefined;
const editors = {
  policies: createEditor(byId('policies', HTMLDivElement), 'Policies and capability classes, as YAML', changed),
  manifests: createEditor(byId('manifests', HTMLDivElement), 'Manifests, as YAML', changed),
};

function changed(): void {
  clearTimeout(timer);
  document.body.dataset.state = 'waiting';
  timer = setTimeout(judge, PAUSE);
}

function stateNow(): State {
  return { policies: editors.policies.text(), manifests: editors.manifests.text() };
}

function judge(): void {
  const outcome = outcomeOf(stateNow(), Date.now());
  editors.policies.mark(outcome.policyMarks);
  editors.manifests.mark(outcome.manifestMarks);
  // Said again by a screen reader only where it is another.
  if (summary.textContent !== outcome.summary) summary.textContent = outcome.summary;
  const sections = resultsOf(outcome, (editor, line, column) => editors[editor].goTo(line, column), isOpen);
  details.replaceChildren(...sections);
  document.body.dataset.state = 'judged';
}

/** A section stays as it was; one that was not there is closed, but for the first. */
function isOpen(title: string): boolean {
  for (const section of details.querySelectorAll('details')) {
    if (section.dataset.title === title) return section.open;
  }
  return title === OPEN_AT_FIRST;
}

function show({ policies, manifests }: State): void {
  editors.policies.replace(policies);
  editors.manifests.replace(manifests);
}

function chosen(): Sample | undefined {
  return SAMPLES[Number(choice.value)];
}

function offerSamples(): void {
  const groups = new Set(SAMPLES.map(({ group }) => group));
  for (const group of groups) {
    const options = SAMPLES.flatMap((sample, index) =>
      sample.group === group ? [element('option', { value: String(index) }, sample.name)] : [],
    );
    choice.append(element('optgroup', { label: group }, ...options));
  }
}

async function share(): Promise<void> {
  const fragment = await fragmentOf(stateNow());
  if (fragment === undefined) {
    shared.textContent = `This is too much for a link (at most ${LONGEST_FRAGMENT} characters, compressed).`;
    return;
  }
  history.replaceState(null, '', `#${fragment}`);
  try {
    await navigator.clipboard.writeText(location.href);
    shared.textContent = 'The link is in your clipboard, and in the address bar. It holds all of both texts.';
  } catch {
    // Without a secure context, or where the visitor said no.
    shared.textContent = 'The link is in the address bar. It holds all of both texts.';
  }
}

/** Shows what the link holds; false where it holds nothing, or cannot be read. */
async function fromLink(): Promise<boolean> {
  const fragment = location.hash.slice(1);
  // The link that leads past the editors is not one of ours.
  if (fragment === '' || document.getElementById(fragment)) return false;
  const read = await stateOf(fragment);
  shared.textContent = read.ok ? '' : read.message;
  if (read.ok) show(read.state);
  return read.ok;
}

byId('start', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const sample = chosen();
  if (sample) show(sample);
});
byId('load-policies', HTMLButtonElement).addEventListener('click', () => {
  const sample = chosen();
  if (sample) editors.policies.replace(sample.policies);
});
byId('share', HTMLButtonElement).addEventListener('click', () => void share());
addEventListener('hashchange', () => void fromLink());

offerSamples();
byId('version', HTMLParagraphElement).textContent = `Sandgate ${version}`;
const [first] = SAMPLES;
void fromLink().then((isShown) => {
  if (!isShown && first) show(first);
});
