import { isArgumentHeader } from '../../catalogue/owned-headers.ts';
import type { FoundOperation, Parameter } from '../operations/operation.ts';
import type { PathTemplate } from './path-template.ts';

/**
 * The parameters that a caller gives. `supplied` are those that credentials fill in. Gives a sentence when one that is
 * required cannot be sent.
 */
export function chooseParameters(
  found: FoundOperation,
  template: PathTemplate,
  supplied: ReadonlySet<string>,
  notes: string[],
): Parameter[] | string {
  const wanted = withTemplateNames(found, template, notes).filter((parameter) => !isFilledIn(parameter, supplied));
  const unsendable = wanted.filter((parameter) => !canBeNamed(parameter));
  const [missing] = unsendable.filter((parameter) => parameter.required);
  if (missing) return `the required ${missing.in} parameter ${JSON.stringify(missing.name)} cannot be sent`;
  for (const { place, name, in: where } of unsendable) {
    notes.push(`${place}: ${JSON.stringify(name)} cannot be the name of a ${where}, so it was left out.`);
  }
  return wanted.filter((parameter) => !unsendable.includes(parameter));
}

/** Path parameters as the template has them: those that nobody described are texts, those it does not have go. */
function withTemplateNames(found: FoundOperation, { names, parameters }: PathTemplate, notes: string[]): Parameter[] {
  const kept = parameters.filter((parameter) => parameter.in !== 'path' || names.includes(parameter.name));
  for (const parameter of parameters) {
    if (!kept.includes(parameter))
      notes.push(`${parameter.place}: the path has no {${parameter.name}}, so the parameter was left out.`);
  }
  const described = new Set(kept.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name));
  const implied = names.filter((name) => !described.has(name));
  for (const name of implied)
    notes.push(`${found.place}: {${name}} in the path has no parameter, so it is taken as a text.`);
  return [
    ...implied.map(
      (name): Parameter => ({
        in: 'path',
        name,
        required: true,
        deprecated: false,
        style: 'simple',
        explode: false,
        allowReserved: false,
        schema: { value: { type: 'string' }, place: found.place },
        place: found.place,
      }),
    ),
    ...kept,
  ];
}

/** Whether HTTP, the gateway or a credential sets it, so that nobody else need. */
function isFilledIn({ in: place, name }: Parameter, supplied: ReadonlySet<string>): boolean {
  const key = place === 'header' ? name.toLowerCase() : name;
  if (supplied.has(`${place} ${key}`)) return true;
  return place === 'header' && !isArgumentHeader(name);
}

/** Names of headers and cookies are tokens (RFC 9110 section 5.6.2, RFC 6265 section 4.1.1). */
function canBeNamed({ in: place, name }: Parameter): boolean {
  return (place !== 'header' && place !== 'cookie') || /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}
