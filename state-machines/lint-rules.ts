import aslService from 'amazon-states-language-service';
import { allStates, type FoundState, type Machine } from '../local/stepfunctions/definition.ts';
import { STATES_FUNCTIONS } from '../local/stepfunctions/functions.ts';
import { readDefinition } from '../local/stepfunctions/validate.ts';
import { expressionsOf, referencesOf } from '../local/stepfunctions/validate-expressions.ts';
import { visibleVariables } from '../local/stepfunctions/validate-variables.ts';

export interface Finding {
  /** Empty for the machine as a whole. */
  state: string;
  message: string;
}

/** The functions of JSONata 2.0.6, without $eval, which Step Functions leaves out. */
const JSONATA_FUNCTIONS =
  `sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match contains replace
  split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power random boolean not map zip filter
  single reduce sift keys lookup append exists spread merge reverse each error assert type sort shuffle distinct base64encode base64decode
  encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis clone now millis`.split(/\s+/);
const FUNCTIONS = new Set<string>([...JSONATA_FUNCTIONS, ...STATES_FUNCTIONS]);

/** Which of the two names a Lambda time-out has depends on the function's runtime: a matcher needs both. */
const LAMBDA_TIMEOUTS = ['Lambda.Unknown', 'Sandbox.Timedout'];

/**
 * Checks a definition file as it stands in the repository, `${Substitution}` placeholders included: all that Step Functions would refuse,
 * what would only fail when it runs (unknown variables and functions), and the rules of this repository (every task has a time-out, retries and a last resort).
 */
export async function lintDefinition(raw: string): Promise<Finding[]> {
  let text: string;
  try {
    text = JSON.stringify(JSON.parse(raw, fillPlaceholders));
  } catch (error) {
    return [{ state: '', message: `not JSON: ${String(error)}` }];
  }
  const read = readDefinition(text);
  if ('problems' in read) return read.problems;
  const findings: Finding[] = [];
  if (read.machine.QueryLanguage !== 'JSONata') {
    findings.push({ state: '', message: 'needs "QueryLanguage": "JSONata" at the top' });
  }
  for (const found of allStates(read.machine)) findings.push(...lintState(read.machine, found));
  return [...findings, ...(await awsFindings(text))];
}

/** A Resource that is a placeholder stands for a function; elsewhere a placeholder stands for some text. */
function fillPlaceholders(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(/\$\{([A-Za-z0-9_-]+)\}/g, (placeholder, name: string) =>
    key === 'Resource' && value === placeholder ? `arn:aws:lambda:us-east-1:000000000000:function:${name}` : name,
  );
}

function lintState(machine: Machine, found: FoundState): Finding[] {
  const { name, state } = found;
  const messages: string[] = [];
  if (state.QueryLanguage !== undefined) messages.push('QueryLanguage belongs at the top of the file only');
  if (state.Type === 'Task') {
    if (state.TimeoutSeconds === undefined) messages.push('needs TimeoutSeconds: without it a task may hang for years');
    if (!state.Retry?.length) messages.push('needs a Retry list');
    if (!state.Catch?.length)
      messages.push('needs a Catch: the last resort of every machine is a parked order, not a lost one');
  }
  if (state.Type === 'Map' && (state.ToleratedFailureCount ?? state.ToleratedFailurePercentage) !== undefined) {
    messages.push('ToleratedFailureCount and ToleratedFailurePercentage have no effect on an inline Map');
  }
  const matchers: Record<string, { ErrorEquals: string[] }[] | undefined> = {
    Retry: 'Retry' in state ? state.Retry : undefined,
    Catch: 'Catch' in state ? state.Catch : undefined,
  };
  for (const [field, list] of Object.entries(matchers)) {
    for (const [index, { ErrorEquals }] of (list ?? []).entries()) {
      const named = LAMBDA_TIMEOUTS.filter((error) => ErrorEquals.includes(error));
      if (named.length === 1) {
        messages.push(
          `${field}[${index}]: name both ${LAMBDA_TIMEOUTS.join(' and ')}: a time-out is the one or the other`,
        );
      }
    }
  }
  const visible = visibleVariables(machine, found);
  for (const { field, source } of expressionsOf(state)) {
    const { variables, called } = referencesOf(source);
    for (const variable of variables) {
      if (variable === 'states' || visible.has(variable) || FUNCTIONS.has(variable)) continue;
      const what = called.has(variable) ? 'function' : 'variable';
      messages.push(`${field}: unknown ${what} $${variable}`);
    }
  }
  return messages.map((message) => ({ state: name, message }));
}

/** AWS's own language service, as its editor plugins run it. */
async function awsFindings(text: string): Promise<Finding[]> {
  const service = aslService.getLanguageService({});
  const document = aslService.TextDocument.create('file:///definition.asl.json', 'asl', 1, text);
  const diagnostics = await service.doValidation(document, service.parseJSONDocument(document), {});
  return diagnostics.map(({ message }) => ({ state: '', message: `AWS language service: ${message}` }));
}
