import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { dynamoAccessStore } from '../../../shared/adapters/dynamodb/access-store.ts';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { realSystem } from '../../../shared/adapters/system.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { type AuthorizerResult, authorize, rememberingKeys } from './authorizer.ts';

const env = parseEnv(z.object({ ACCESS_TABLE: requiredVariable }));
const system = realSystem();
const keys = rememberingKeys(dynamoAccessStore(dynamoDb, env.ACCESS_TABLE), system.now);

/** Lambda authorizer of the HTTP API: REQUEST, payload 2.0, simple responses, no cache. */
export const handler = (event: APIGatewayRequestAuthorizerEventV2): Promise<AuthorizerResult> =>
  authorize(event, keys, system.now());
