import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoAccessStore } from '../shared/adapters/dynamodb/access-store.ts';
import { KeyRole, newApiKey } from '../shared/runtime/authentication.ts';

/**
 * `npm run create-key -- --table <output AccessTable> --role admin --name "Ana"`: makes an API key and prints it, once. Credentials and region are the AWS SDK's
 * usual ones; `AWS_ENDPOINT_URL=http://127.0.0.1:4566` makes a key for the one-machine cloud.
 */
const { values } = parseArgs({
  options: { table: { type: 'string' }, role: { type: 'string' }, name: { type: 'string', default: 'unnamed' } },
});
const role = KeyRole.safeParse(values.role);
if (!values.table || !role.success) {
  console.error(`Usage: npm run create-key -- --table TABLE --role ${KeyRole.options.join('|')} [--name NAME]`);
  process.exit(2);
}
const { key, record } = newApiKey({ role: role.data, name: values.name }, Date.now());
await dynamoAccessStore(new DynamoDBClient({}), values.table).putApiKey(record);
console.log(key);
