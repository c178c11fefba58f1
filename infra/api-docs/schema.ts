import { type Html, html, prose } from './html.ts';
import type { Schema } from './model.ts';

/** The name of the schema that a reference leads to. */
export const nameOf = ({ $ref }: Schema): string | undefined => $ref?.slice($ref.lastIndexOf('/') + 1);

/** A type in a few words: `string`, `Order`, `Line[]`. */
function typeOf(schema: Schema): Html {
  const name = nameOf(schema);
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`;
  if (schema.items) return html`${typeOf(schema.items)}[]`;
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (options) {
    return options.map(typeOf).reduce((all, one) => html`${all} | ${one}`);
  }
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
  return html`${type}${schema.format ? ` (${schema.format})` : undefined}`;
}

function rulesOf(schema: Schema): string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const range = (least: number | undefined, most: number | undefined, unit: string): string[] => {
    // What only says "a number that a double holds exactly" is noise.
    const top = most === Number.MAX_SAFE_INTEGER ? undefined : most;
    const bottom = least === Number.MIN_SAFE_INTEGER ? undefined : least;
    if (bottom === undefined && top === undefined) return [];
    if (top === undefined) return [`at least ${bottom}${unit}`];
    return [bottom === undefined ? `at most ${top}${unit}` : `${bottom} to ${top}${unit}`];
  };
  return [
    ...range(minimum, maximum, ''),
    ...range(minLength, maxLength, ' characters'),
    ...range(minItems, maxItems, ' items'),
    ...(schema.pattern !== undefined && schema.pattern.length < 60 ? [`matches ${schema.pattern}`] : []),
    ...(schema.default !== undefined ? [`default ${JSON.stringify(schema.default)}`] : []),
    ...(schema.const !== undefined ? [JSON.stringify(schema.const)] : []),
    ...(schema.enum ? [schema.enum.map((one) => JSON.stringify(one)).join(', ')] : []),
  ];
}

/** A schema as a nested list of fields. Named schemas are linked, not repeated. */
export function schemaHtml(schema: Schema): Html {
  const fields = fieldsOf(schema);
  if (fields) return fields;
  return html`<p class="type">${typeOf(schema)} ${rules(schema)}</p>`;
}

const rules = (schema: Schema): Html | undefined => {
  const list = rulesOf(schema);
  return list.length === 0 ? undefined : html`<span class="rules">${list.join(' · ')}</span>`;
};

function fieldsOf(schema: Schema): Html | undefined {
  if (schema.$ref !== undefined) return undefined;
  if (schema.items) return fieldsOf(schema.items);
  if (!schema.properties) return undefined;
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties).map(([name, field]) => {
    const inner = fieldsOf(field);
    return html`<li>
      <code class="field">${name}</code> <span class="type">${typeOf(field)}</span>
      ${required.has(name) ? html`<span class="required">required</span>` : undefined} ${rules(field)}
      ${field.description === undefined ? undefined : prose(field.description)} ${inner}
    </li>`;
  });
  return html`<ul class="fields">${fields}</ul>`;
}
