import { type Input, optionalRecord, readList, readRecord, requiredString, validation } from './request.ts';

/**
 * Gives a request that uses the older KeyConditions and AttributesToGet, as some libraries still do, the expressions that mean the
 * same. The other parameters from before expressions are refused.
 */
export function withExpressions(input: Input): Input {
  const keyed = isGiven(input.KeyConditions) ? withKeyConditions(input) : input;
  return isGiven(input.AttributesToGet) ? withProjection(keyed) : keyed;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

const COMPARISONS: Record<string, string> = { EQ: '=', LT: '<', LE: '<=', GT: '>', GE: '>=' };

function withKeyConditions(input: Input): Input {
  if (isGiven(input.KeyConditionExpression)) throw mixed('KeyConditions', 'KeyConditionExpression');
  const names = record(input, 'ExpressionAttributeNames');
  const values = record(input, 'ExpressionAttributeValues');
  const conditions = Object.entries(readRecord(input.KeyConditions, 'KeyConditions')).map(([name, given], position) => {
    const condition = readRecord(given, 'KeyConditions');
    const operator = requiredString(condition, 'ComparisonOperator');
    const operands = isGiven(condition.AttributeValueList) ? readList(condition, 'AttributeValueList') : [];
    const attribute = `#KeyConditions${position}`;
    names[attribute] = name;
    const references = operands.map((operand, index) => {
      const reference = `:KeyConditions${position}x${index}`;
      values[reference] = operand;
      return reference;
    });
    return keyCondition(attribute, operator, references);
  });
  const { KeyConditions: _, ...rest } = input;
  return {
    ...rest,
    KeyConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

function keyCondition(attribute: string, operator: string, operands: string[]): string {
  const [first, second] = operands;
  const wanted = operator === 'BETWEEN' ? 2 : 1;
  const comparison = COMPARISONS[operator];
  if (!comparison && operator !== 'BETWEEN' && operator !== 'BEGINS_WITH') {
    throw validation('Attempted conditional constraint is not an indexable operation');
  }
  if (operands.length !== wanted) {
    throw validation(
      `One or more parameter values were invalid: Invalid number of argument(s) for the ${operator} ComparisonOperator`,
    );
  }
  if (comparison) return `${attribute} ${comparison} ${first}`;
  return operator === 'BETWEEN' ? `${attribute} BETWEEN ${first} AND ${second}` : `begins_with(${attribute}, ${first})`;
}

function withProjection(input: Input): Input {
  const expressions = ['ProjectionExpression', 'FilterExpression'].filter((name) => isGiven(input[name]));
  if (expressions.length > 0) throw mixed('AttributesToGet', expressions.join(', '));
  const names = record(input, 'ExpressionAttributeNames');
  const wanted = readList(input, 'AttributesToGet', 1).map(String);
  const twice = wanted.find((name, position) => wanted.indexOf(name) !== position);
  if (twice !== undefined) {
    throw validation(`One or more parameter values were invalid: Duplicate value in attribute name: ${twice}`);
  }
  const references = wanted.map((name, position) => {
    names[`#AttributesToGet${position}`] = name;
    return `#AttributesToGet${position}`;
  });
  return { ...input, ProjectionExpression: references.join(', '), ExpressionAttributeNames: names };
}

function record(input: Input, name: string): Record<string, unknown> {
  return { ...optionalRecord(input, name) };
}

function mixed(old: string, expressions: string) {
  return validation(
    'Can not use both expression and non-expression parameters in the same request: ' +
      `Non-expression parameters: {${old}} Expression parameters: {${expressions}}`,
  );
}
