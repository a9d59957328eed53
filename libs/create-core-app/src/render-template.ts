import { Eta } from 'eta';

const eta = new Eta({ autoEscape: false, autoTrim: false });

/** Fills in a template of Eta, in which `it` stands for the values. A line on which only a condition stands leaves no line behind. */
export function renderTemplate(template: string, values: object): string {
  return eta.renderString(template.replaceAll(/^[ \t]*(<%[^=~].*?%>)[ \t]*\n/gm, '$1'), values);
}
