import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { dynamoAccessStore } from '../shared/adapters/dynamodb/access-store.ts';
import { LocationId } from '../shared/domain/ids.ts';
import { KeyRole, newApiKey } from '../shared/runtime/authentication.ts';

/**
 * `npm run create-key -- --table <output AccessTable> --role admin --name "Ana"`: makes an API key and prints it, once. Credentials and region are the AWS SDK's
 * usual ones; `AWS_ENDPOINT_URL=http://127.0.0.1:4566` makes a key for the one-machine cloud.
 */
const { values } = parseArgs({
  options: {
    table: { type: 'string' },
    role: { type: 'string' },
    name: { type: 'string', default: 'unnamed' },
    locations: { type: 'string' },
  },
});
const role = KeyRole.safeParse(values.role);
const locations = z.array(LocationId).min(1).optional().safeParse(values.locations?.split(','));
// Who sells, or judges, is of no location.
const isOdd = values.locations !== undefined && role.data !== 'warehouse';
if (!values.table || !role.success || !locations.success || isOdd) {
  const options = '[--name NAME] [--locations ID,ID: of a warehouse key, the only ones whose work it sees and does]';
  console.error(`Usage: npm run create-key -- --table TABLE --role ${KeyRole.options.join('|')} ${options}`);
  process.exit(2);
}
const of = locations.data ? { locations: locations.data } : {};
const { key, record } = newApiKey({ role: role.data, name: values.name, ...of }, Date.now());
await dynamoAccessStore(new DynamoDBClient({}), values.table).putApiKey(record);
console.log(key);
