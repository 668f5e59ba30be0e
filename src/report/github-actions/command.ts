// One workflow command, in the form that the runner of GitHub Actions reads.
import type { Place } from '../../manifests/source.ts';
import { printable } from '../terminal/printable.ts';

/** The commands that make an annotation. */
export type CommandName = 'error' | 'warning' | 'notice';

/**
 * `::error file=pod.yaml,line=3,col=5,title=Pod a%3A privileged::text`.
 * @param message may have several lines; other characters that a terminal acts upon are shown as they are written in code
 * @param place where to show it; in the log alone where there is none, as for standard input
 */
export function workflowCommand(name: CommandName, title: string, message: string, place: Place | undefined): string {
  const properties: [string, string][] = [];
  if (place && place.file !== '-') {
    properties.push(['file', place.file.replace(/^\.\//, '')]);
    if (place.line > 0) properties.push(['line', String(place.line)], ['col', String(place.column)]);
  }
  properties.push(['title', title]);
  const list = properties.map(([key, value]) => `${key}=${escapedProperty(printable(value))}`).join(',');
  const text = message.split('\n').map(printable).join('\n');
  return `::${name} ${list}::${escapedData(text)}`;
}

/** As the toolkit does it (actions/toolkit, packages/core/src/command.ts): the runner reads lines. */
function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** In a property a colon and a comma would end it as well. */
function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
