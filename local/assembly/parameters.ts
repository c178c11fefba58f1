import type { Template } from './template.ts';
import { TemplateError } from './template-error.ts';

type Parameter = Template['Parameters'][string];

/**
 * The values of a stack's parameters: the override of that name, else the default. A parameter that reads its value from the
 * Parameter Store of an account (as CDK's `BootstrapVersion`) has none here, so that a `Ref` to it is refused.
 * @throws TemplateError for a missing value or one that its constraints do not allow
 */
export function parameterValues(
  stackName: string,
  parameters: Template['Parameters'],
  overrides: Record<string, string>,
): Map<string, string | string[]> {
  const values = new Map<string, string | string[]>();
  for (const [name, parameter] of Object.entries(parameters)) {
    const where = `Stack ${stackName}, Parameters.${name}`;
    const given = Object.hasOwn(overrides, name) ? overrides[name] : parameter.Default;
    if (parameter.Type.startsWith('AWS::SSM::Parameter::')) continue;
    if (given === undefined) throw new TemplateError(where, 'has no default: give it a value');
    values.set(name, checkedValue(parameter, String(given), where));
  }
  return values;
}

function checkedValue(parameter: Parameter, text: string, where: string): string | string[] {
  const refuse = (why: string) => new TemplateError(where, parameter.ConstraintDescription ?? why);
  const list = parameter.Type === 'CommaDelimitedList' || parameter.Type === 'List<Number>';
  const each = list ? text.split(',').map((part) => part.trim()) : [text];
  for (const one of each) {
    if (parameter.AllowedValues && !parameter.AllowedValues.map(String).includes(one)) {
      throw refuse(`${JSON.stringify(one)} is none of ${parameter.AllowedValues.join(', ')}`);
    }
    if (parameter.AllowedPattern && !new RegExp(`^(?:${parameter.AllowedPattern})$`).test(one)) {
      throw refuse(`${JSON.stringify(one)} does not match ${parameter.AllowedPattern}`);
    }
    if (one.length < (parameter.MinLength ?? 0) || one.length > (parameter.MaxLength ?? Number.POSITIVE_INFINITY)) {
      throw refuse(`${JSON.stringify(one)} is too short or too long`);
    }
    if (parameter.Type.includes('Number')) checkNumber(parameter, Number(one), refuse);
  }
  if (!list && parameter.Type !== 'String' && parameter.Type !== 'Number') {
    throw new TemplateError(where, `unknown parameter type ${parameter.Type}`);
  }
  return list ? each : text;
}

function checkNumber(parameter: Parameter, value: number, refuse: (why: string) => TemplateError): void {
  if (!Number.isFinite(value)) throw refuse('is not a number');
  if (value < (parameter.MinValue ?? value) || value > (parameter.MaxValue ?? value))
    throw refuse(`${value} is out of range`);
}
