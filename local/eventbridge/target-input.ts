import { AwsError } from '../kernel/errors.ts';
import type { Json } from '../kernel/kernel.ts';

export interface InputTransformer {
  InputPathsMap?: Record<string, string> | undefined;
  InputTemplate: string;
}

export type EventObject = { [key: string]: Json };

/** What a rule knows that an event does not: for the variables of AWS that a template may name. */
export interface RuleVariables {
  ruleArn: string;
  ruleName: string;
}

/**
 * A JSON path as targets use it: `$.detail.lines[0]['unit price']`. Answers a reader that gives undefined for what is not there.
 * @throws AwsError ValidationException for anything else (filters, wildcards): the service takes no more either.
 */
export function compilePath(path: string): (event: EventObject) => Json | undefined {
  const steps = path.slice(1).match(/\.[^.[\]]+|\[\d+\]|\['[^']*'\]/g) ?? [];
  if (!path.startsWith('$') || steps.join('') !== path.slice(1)) {
    throw new AwsError('ValidationException', `Parameter InputPath is not valid. Reason: invalid JSON path: ${path}`);
  }
  const keys = steps.map((step) => {
    if (step.startsWith('.')) return step.slice(1);
    return step.startsWith("['") ? step.slice(2, -2) : Number(step.slice(1, -1));
  });
  return (event) => {
    let value: Json | undefined = event;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return undefined;
      if (Array.isArray(value)) value = typeof key === 'number' ? value[key] : undefined;
      else value = Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return value;
  };
}

/**
 * Compiles an input transformer. `<name>` outside of quotes becomes the value's JSON; inside of quotes its text. A path that leads to
 * nothing leaves empty text. Source: EventBridge User Guide, "Amazon EventBridge input transformation".
 * @returns what makes the target's input, as JSON text; it throws SyntaxError for an event with which the template gives no JSON.
 */
export function compileTransformer(transformer: InputTransformer, rule: RuleVariables): (event: EventObject) => string {
  const paths = Object.entries(transformer.InputPathsMap ?? {}).map(
    ([name, path]) => [name, compilePath(path)] as const,
  );
  const parts = splitTemplate(transformer.InputTemplate);
  return (event) => {
    const variables = new Map<string, Json | undefined>(paths.map(([name, read]) => [name, read(event)]));
    const text = parts
      .map((part) =>
        typeof part === 'string' ? part : insert(resolve(part.name, variables, rule, event), part.quoted),
      )
      .join('');
    JSON.parse(text);
    return text;
  };
}

type Part = string | { name: string; quoted: boolean };

function splitTemplate(template: string): Part[] {
  const parts: Part[] = [];
  let quoted = false;
  for (const piece of template.split(/(<[\w.-]+>)/)) {
    if (/^<[\w.-]+>$/.test(piece)) {
      parts.push({ name: piece.slice(1, -1), quoted });
      continue;
    }
    for (const quote of piece.replaceAll(/\\./gs, '').matchAll(/"/g)) if (quote) quoted = !quoted;
    parts.push(piece);
  }
  return parts;
}

function resolve(
  name: string,
  variables: Map<string, Json | undefined>,
  rule: RuleVariables,
  event: EventObject,
): Json | undefined {
  switch (name) {
    case 'aws.events.rule-arn':
      return rule.ruleArn;
    case 'aws.events.rule-name':
      return rule.ruleName;
    case 'aws.events.event.ingestion-time':
      return event.time;
    // The first leaves the detail out, as the service does.
    case 'aws.events.event': {
      const { detail: _, ...envelope } = event;
      return envelope;
    }
    case 'aws.events.event.json':
      return event;
    default:
      return variables.get(name);
  }
}

function insert(value: Json | undefined, quoted: boolean): string {
  if (!quoted) return JSON.stringify(value ?? (value === null ? null : ''));
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
