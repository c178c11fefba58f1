import {
  checkName,
  type Input,
  oneOf,
  optionalRecord,
  optionalString,
  readList,
  readRecord,
  requiredString,
  validation,
} from './request.ts';
import {
  type IndexDefinition,
  type KeySchema,
  type KeyType,
  keyNames,
  type TableDefinition,
  type Throughput,
  VIEW_TYPES,
  type ViewType,
} from './schema.ts';
import { type BillingMode, checkIndexThroughput, readBilling } from './throughput.ts';

const MOST_GLOBAL = 20;
const MOST_LOCAL = 5;
const KEY_TYPES = ['S', 'N', 'B'] as const;

/**
 * Reads a table's definition from CreateTable or from the properties of the template, which share their shape.
 * @param unsaid the billing mode of a table that names none
 */
export function readDefinition(input: Input, name: string, unsaid: BillingMode): TableDefinition {
  checkName('TableName', name);
  if (optionalRecord(input, 'OnDemandThroughput')) {
    throw validation('The one-machine cloud does not provide OnDemandThroughput: it throttles nothing');
  }
  const types = readTypes(input);
  const throughput = readBilling(input, unsaid);
  const keys = readKeySchema(input, types);
  const global = optionalList(input, 'GlobalSecondaryIndexes').map((index, position) =>
    readIndex(index, types, throughput, `globalSecondaryIndexes.${position + 1}.member.`),
  );
  const local = optionalList(input, 'LocalSecondaryIndexes').map((index, position) =>
    readLocalIndex(index, types, keys, `localSecondaryIndexes.${position + 1}.member.`),
  );
  const definition = { name, ...keys, indexes: [...global, ...local], ...(throughput ? { throughput } : {}) };
  checkDefinition(definition, types);
  return definition;
}

/** The types of AttributeDefinitions. */
export function readTypes(input: Input): Map<string, KeyType> {
  const types = new Map<string, KeyType>();
  for (const member of readList(input, 'AttributeDefinitions', 1)) {
    const definition = readRecord(member, 'AttributeDefinitions');
    requiredString(definition, 'AttributeType');
    types.set(requiredString(definition, 'AttributeName'), oneOf(definition, 'AttributeType', KEY_TYPES, 'S'));
  }
  return types;
}

function optionalList(input: Input, name: string): Input[] {
  if (input[name] === undefined || input[name] === null) return [];
  return readList(input, name).map((member) => readRecord(member, name));
}

/** What holds for a table and its indexes as a whole. */
export function checkDefinition(definition: TableDefinition, types: Map<string, KeyType>): void {
  const names = new Set<string>();
  for (const { name } of definition.indexes) {
    // The tables of SQLite that hold indexes are named after them, and do not tell A from a.
    if (names.has(name.toLowerCase())) {
      throw validation(`One or more parameter values were invalid: Duplicate index name: ${name}`);
    }
    names.add(name.toLowerCase());
  }
  const local = definition.indexes.filter((index) => index.local).length;
  if (names.size - local > MOST_GLOBAL) {
    throw validation(
      'One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of 20',
    );
  }
  if (local > MOST_LOCAL) {
    throw validation(
      'One or more parameter values were invalid: Number of LocalSecondaryIndexes exceeds per-table limit of 5',
    );
  }
  checkAttributesUsed(definition, types);
}

/** @param path of what has the schema, as errors name it: empty for the table */
function readKeySchema(input: Input, types: Map<string, KeyType>, path = ''): KeySchema {
  const members = readList(input, 'KeySchema', 1).map((member) => readRecord(member, 'KeySchema'));
  if (members.length > 2) {
    throw validation('The one-machine cloud provides keys of one hash and at most one range attribute');
  }
  const given = members.map((member, position) => {
    if (member.KeyType !== 'HASH' && member.KeyType !== 'RANGE') {
      throw validation(
        `1 validation error detected: Value '${member.KeyType}' at '${path}keySchema.${position + 1}.member.keyType' failed to ` +
          'satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]',
      );
    }
    return requiredString(member, 'AttributeName');
  });
  if (given.some((name) => !types.has(name))) {
    throw validation(
      'One or more parameter values were invalid: Some index key attributes are not defined in ' +
        `AttributeDefinitions. Keys: [${given.join(', ')}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
    );
  }
  if (given[0] === given[1]) {
    throw validation('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  const [hash, range] = members.map((member, position) => {
    const name = requiredString(member, 'AttributeName');
    const role = position === 0 ? 'HASH' : 'RANGE';
    if (member.KeyType !== role) {
      const which = position === 0 ? 'first' : 'second';
      throw validation(`Invalid KeySchema: The ${which} KeySchemaElement is not a ${role} key type`);
    }
    return { name, type: types.get(name)! };
  });
  return range ? { hash: hash!, range } : { hash: hash! };
}

/** A member of GlobalSecondaryIndexes, or of an update that makes one. */
export function readIndex(
  input: Input,
  types: Map<string, KeyType>,
  throughputOfTable: Throughput | undefined,
  path = '',
): IndexDefinition {
  const name = requiredString(input, 'IndexName');
  checkName('IndexName', name);
  const throughput = checkIndexThroughput(input, name, throughputOfTable !== undefined);
  return {
    name,
    ...readKeySchema(input, types, path),
    ...readProjection(input),
    ...(throughput ? { throughput } : {}),
  };
}

function readLocalIndex(input: Input, types: Map<string, KeyType>, table: KeySchema, path: string): IndexDefinition {
  const name = requiredString(input, 'IndexName');
  checkName('IndexName', name);
  const keys = readKeySchema(input, types, path);
  if (!table.range) {
    throw validation(
      'One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when ' +
        'specifying a LocalSecondaryIndex',
    );
  }
  if (!keys.range) {
    throw validation(
      `One or more parameter values were invalid: Index KeySchema does not have a range key for index: ${name}`,
    );
  }
  if (keys.hash.name !== table.hash.name) {
    throw validation(
      'One or more parameter values were invalid: Index KeySchema does not have the same leading hash key as table ' +
        `KeySchema for index: ${name}. index hash key: ${keys.hash.name}, table hash key: ${table.hash.name}`,
    );
  }
  return { name, ...keys, ...readProjection(input), local: true };
}

function readProjection(input: Input): Pick<IndexDefinition, 'projection' | 'include'> {
  const given = readRecord(input.Projection, 'Projection');
  if (optionalString(given, 'ProjectionType') === undefined) {
    throw validation('One or more parameter values were invalid: Unknown ProjectionType: null');
  }
  const projection = oneOf(given, 'ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE'], 'ALL');
  const included = given.NonKeyAttributes !== undefined && given.NonKeyAttributes !== null;
  if (projection === 'INCLUDE' && !included) {
    throw validation(
      'One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified',
    );
  }
  if (projection !== 'INCLUDE' && included) {
    throw validation(
      `One or more parameter values were invalid: ProjectionType is ${projection}, but NonKeyAttributes is specified`,
    );
  }
  return { projection, include: included ? readList(given, 'NonKeyAttributes', 1).map(String) : [] };
}

function checkAttributesUsed(definition: TableDefinition, types: Map<string, KeyType>): void {
  const used = new Set([definition, ...definition.indexes].flatMap(keyNames));
  const unused = [...types.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw validation(
      'One or more parameter values were invalid: Some AttributeDefinitions are not used. ' +
        `AttributeDefinitions: [${[...types.keys()].join(', ')}], keys used: [${[...used].join(', ')}]`,
    );
  }
}

export function readStream(input: Input): ViewType | undefined {
  const stream = optionalRecord(input, 'StreamSpecification');
  if (!stream || stream.StreamEnabled === false) return undefined;
  requiredString(stream, 'StreamViewType');
  return oneOf(stream, 'StreamViewType', VIEW_TYPES, 'KEYS_ONLY');
}
