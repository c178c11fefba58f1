import type { Principal } from '../kernel/kernel.ts';
import { type AttributeValue, type Item, readItem } from './attribute-value.ts';
import type { Engine, Operation } from './engine.ts';
import { order } from './expressions/compare.ts';
import type { CompiledKeyCondition, Expressions } from './expressions/expressions.ts';
import { afterPrefix, type KeyPart, keyOf, keyPart, readKey } from './keys.ts';
import { withExpressions } from './legacy.ts';
import { checkConstraints, type PageRequest, readPage, readPageRequest, type Source, startKeyNames } from './page.ts';
import { flag, type Input, optionalString, refuseLegacy, tableName, validation } from './request.ts';
import { type KeyAttribute, keepNames } from './schema.ts';

/** One partition of a table or an index, in the order of its range key. */
export const query: Operation = async (engine, given, principal) => {
  const input = withExpressions(given);
  refuseLegacy(input);
  const { source, expressions } = open(engine, input, principal, 'dynamodb:Query');
  if (!expressions.keyConditions) {
    throw validation('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  }
  const { hash, range } = source.schema;
  const [hashCondition, rangeCondition] = conditionsOf(expressions.keyConditions, hash, range);
  const hashValue = conditionValues(hashCondition, hash, expressions.values)[0]!;
  const bounds = rangeCondition && range && boundsOf(rangeCondition, range, expressions.values);
  for (const key of range ? [hash, range] : [hash]) {
    if (expressions.filter?.heads.has(key.name)) {
      throw validation(
        `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key.name}`,
      );
    }
  }
  const request = readPageRequest(input, source, expressions);
  const backward = input.ScanIndexForward === false;
  const start = startKey(input, source);
  if (start) checkStart(start, hash, hashValue, bounds && range ? { range, bounds } : undefined);

  const where = [`${source.columns.hash} = ?`];
  const parameters: KeyPart[] = [keyPart(hashValue)];
  // The starting key lies within the bounds, so it takes the place of the one behind it.
  const lower = start && !backward ? undefined : bounds?.lower;
  const upper = start && backward ? undefined : bounds?.upper;
  for (const [operator, bound] of [lower, upper].filter((each) => each !== undefined)) {
    where.push(`${source.columns.range} ${operator} ?`);
    parameters.push(bound);
  }
  if (start) addStart(start, source, backward, where, parameters);
  return readPage(engine, source, { ...request, where, parameters, backward });
};

/** A whole table or index, or one of `TotalSegments` parts of it. */
export const scan: Operation = async (engine, given, principal) => {
  const input = withExpressions(given);
  refuseLegacy(input);
  const { source, expressions } = open(engine, input, principal, 'dynamodb:Scan');
  const request: PageRequest = readPageRequest(input, source, expressions);
  const start = startKey(input, source);
  const where: string[] = [];
  const parameters: KeyPart[] = [];
  if (start) addStart(start, source, false, where, parameters, true);
  return readPage(engine, source, { ...request, where, parameters, backward: false });
};

function open(
  engine: Engine,
  input: Input,
  principal: Principal,
  action: 'dynamodb:Query' | 'dynamodb:Scan',
): { source: Source; expressions: Expressions } {
  const name = tableName(input);
  const indexName = optionalString(input, 'IndexName');
  checkConstraints(input);
  const expressions = engine.expressions.read(
    input,
    action === 'dynamodb:Query'
      ? ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression']
      : ['ProjectionExpression', 'FilterExpression'],
  );
  const arn = engine.catalog.arnOf(name);
  const leading = leadingKeys(engine, name, indexName, expressions);
  engine.kernel.authorizer.authorize(
    principal,
    action,
    indexName === undefined ? arn : `${arn}/index/${indexName}`,
    leading ? { 'dynamodb:LeadingKeys': [leading] } : {},
  );
  const table = engine.catalog.get(name);
  const index = table.indexes.find(({ definition }) => definition.name === indexName);
  if (indexName !== undefined && !index) {
    throw validation(`The table does not have the specified index: ${indexName}`);
  }
  if (index && !index.definition.local && flag(input, 'ConsistentRead')) {
    throw validation('Consistent reads are not supported on global secondary indexes');
  }
  const columns = index ? { hash: 'i.hk', range: 'i.rk' } : { hash: 'pk', range: 'sk' };
  return { source: { table, index, schema: index?.definition ?? table.definition, columns }, expressions };
}

/** The partition a query of the table is for; queries of an index have none that a policy could name. */
function leadingKeys(
  engine: Engine,
  name: string,
  indexName: string | undefined,
  { keyConditions, values }: Expressions,
) {
  const hash = indexName === undefined ? engine.catalog.find(name)?.definition.hash.name : undefined;
  const value = hash === undefined ? undefined : values[keyConditions?.get(hash)?.values[0] ?? ''];
  return value?.S ?? value?.N ?? value?.B;
}

function conditionsOf(
  conditions: Map<string, CompiledKeyCondition>,
  hash: KeyAttribute,
  range: KeyAttribute | undefined,
): [CompiledKeyCondition, CompiledKeyCondition | undefined] {
  const first = conditions.get(hash.name);
  if (!range && conditions.size > 1) throw validation('Query key condition not supported');
  if (!first) throw validation(`Query condition missed key schema element: ${hash.name}`);
  const second = range && conditions.get(range.name);
  if (range && !second && conditions.size > 1) {
    throw validation(`Query condition missed key schema element: ${range.name}`);
  }
  if (first.operator !== 'EQ') throw validation('Query key condition not supported');
  return [first, second];
}

function conditionValues(condition: CompiledKeyCondition, key: KeyAttribute, values: Item): AttributeValue[] {
  return condition.values.map((name) => {
    const value = values[name]!;
    if (value[key.type] === undefined) {
      throw validation(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
    }
    if (value.S === '' || value.B === '') {
      throw validation(
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
          `${value.S === '' ? 'string' : 'binary'} value. Key: ${key.name}`,
      );
    }
    return value;
  });
}

type Bound = [operator: string, part: KeyPart];

interface Bounds {
  lower: Bound | undefined;
  upper: Bound | undefined;
  holds(value: AttributeValue): boolean;
}

function boundsOf(condition: CompiledKeyCondition, range: KeyAttribute, values: Item): Bounds {
  const [first, second] = conditionValues(condition, range, values) as [AttributeValue, AttributeValue];
  const part = keyPart(first);
  const against = (value: AttributeValue) => order(value, first) ?? Number.NaN;
  switch (condition.operator) {
    case 'EQ':
      return { lower: ['>=', part], upper: ['<=', part], holds: (value) => against(value) === 0 };
    case 'LT':
      return { lower: undefined, upper: ['<', part], holds: (value) => against(value) < 0 };
    case 'LE':
      return { lower: undefined, upper: ['<=', part], holds: (value) => against(value) <= 0 };
    case 'GT':
      return { lower: ['>', part], upper: undefined, holds: (value) => against(value) > 0 };
    case 'GE':
      return { lower: ['>=', part], upper: undefined, holds: (value) => against(value) >= 0 };
    case 'BETWEEN':
      return {
        lower: ['>=', part],
        upper: ['<=', keyPart(second)],
        holds: (value) => against(value) >= 0 && (order(value, second) ?? 1) <= 0,
      };
    case 'BEGINS_WITH': {
      const end = afterPrefix(part);
      const upper: Bound | undefined = end === undefined ? undefined : ['<', end];
      return { lower: ['>=', part], upper, holds: (value) => beginsWithPart(keyPart(value), part) };
    }
  }
}

function beginsWithPart(value: KeyPart, prefix: KeyPart): boolean {
  if (typeof value === 'string') return typeof prefix === 'string' && value.startsWith(prefix);
  return typeof prefix !== 'string' && Buffer.compare(value.subarray(0, prefix.length), prefix) === 0;
}

/** ExclusiveStartKey: the keys of the table and of the index read from. */
function startKey(input: Input, source: Source): Item | undefined {
  if (input.ExclusiveStartKey === undefined || input.ExclusiveStartKey === null) return undefined;
  const start = readItem(input.ExclusiveStartKey, 'ExclusiveStartKey');
  const { table, index, schema } = source;
  if (Object.keys(start).length !== startKeyNames(source).size) {
    throw validation('The provided starting key is invalid');
  }
  for (const part of index ? [table.definition, schema] : [schema]) {
    const names = part.range ? [part.hash.name, part.range.name] : [part.hash.name];
    try {
      readKey(part, keepNames(start, names));
    } catch (error) {
      throw validation(`The provided starting key is invalid: ${error instanceof Error ? error.message : error}`);
    }
  }
  return start;
}

function checkStart(
  start: Item,
  hash: KeyAttribute,
  hashValue: AttributeValue,
  within: { range: KeyAttribute; bounds: Bounds } | undefined,
): void {
  if (within && !within.bounds.holds(start[within.range.name]!)) {
    throw validation('The provided starting key does not match the range key predicate');
  }
  if (order(start[hash.name], hashValue) !== 0) {
    throw validation('The provided starting key is outside query boundaries based on provided conditions');
  }
}

/** Only what comes after `start`: a scan compares whole keys, a query stays in its partition. */
function addStart(
  start: Item,
  { table, index, columns, schema }: Source,
  backward: boolean,
  where: string[],
  parameters: KeyPart[],
  scanning = false,
): void {
  const own = keyOf(schema, start);
  const names = scanning ? [columns.hash, columns.range] : [columns.range];
  const parts = scanning ? [own.hash, own.range] : [own.range];
  if (index) {
    const key = keyOf(table.definition, start);
    names.push('i.pk', 'i.sk');
    parts.push(key.hash, key.range);
  }
  where.push(`(${names.join(', ')}) ${backward ? '<' : '>'} (${names.map(() => '?').join(', ')})`);
  parameters.push(...parts);
}
