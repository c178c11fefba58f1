import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { lean } from '../lean-client.ts';
import { Sha256 } from '../sha256.ts';
import type { Item } from './order-items.ts';

/** One client a process: connections are kept and shared. */
export const dynamoDb = lean(new DynamoDBClient({ maxAttempts: 4, sha256: Sha256 }));

/** Our items hold strings and numbers only, so that this is all the marshalling there is. */
export function toAttributes(item: Item): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(item)) {
    attributes[name] = typeof value === 'number' ? { N: String(value) } : { S: value };
  }
  return attributes;
}

export function fromAttributes(attributes: Record<string, AttributeValue>): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value.S !== undefined) item[name] = value.S;
    else if (value.N !== undefined) item[name] = Number(value.N);
  }
  return item;
}
