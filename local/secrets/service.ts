import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, ResourceHandler, Service } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { physicalName } from '../kernel/physical-name.ts';
import { generateSecret, generateShape } from './generate-secret.ts';

export interface SecretReader {
  /** The text of a secret by name or ARN, for `{{resolve:secretsmanager:…}}` in the template; undefined if there is none. */
  secretString(nameOrArn: string): string | undefined;
}

const rowShape = z.object({
  arn: z.string(),
  name: z.string(),
  value: z.string(),
  version: z.string(),
  modified_at: z.number(),
});
type Row = z.infer<typeof rowShape>;

const getShape = z.strictObject({
  SecretId: z.string(),
  VersionStage: z.literal('AWSCURRENT', 'only AWSCURRENT is kept').optional(),
});
const describeShape = z.strictObject({ SecretId: z.string() });
const listShape = z.strictObject({
  MaxResults: z.int().min(1).max(100).optional(),
  NextToken: z.string().optional(),
  SortOrder: z.enum(['asc', 'desc']).optional(),
});
const putShape = z.strictObject({
  SecretId: z.string(),
  SecretString: z.string(),
  ClientRequestToken: z.string().optional(),
});
const resourceShape = z.object({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generateShape.optional(),
});

/** AWS Secrets Manager: text secrets and their current version. In the machine's storage they are as safe as its disk. */
export function createSecrets(kernel: Kernel): Service & SecretReader {
  const { db } = kernel.storage;
  db.exec(`CREATE TABLE IF NOT EXISTS secrets_secret (
    arn TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL, version TEXT NOT NULL, modified_at INTEGER NOT NULL) STRICT`);
  const get = db.prepare(
    'SELECT * FROM secrets_secret WHERE arn = :id OR name = :id OR substr(arn, 1, length(arn) - 7) = :id',
  );
  const save = db.prepare(
    'INSERT OR REPLACE INTO secrets_secret (arn, name, value, version, modified_at) VALUES (?, ?, ?, ?, ?)',
  );

  const list = db.prepare('SELECT * FROM secrets_secret ORDER BY name');

  const find = (id: string): Row | undefined => {
    const row = get.get({ id });
    return row && rowShape.parse(row);
  };
  // The service ends an ARN with six random characters; here they come from the name, so that a restart gives the same.
  const arnOf = (name: string) =>
    `arn:aws:secretsmanager:${kernel.region}:${kernel.account}:secret:${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;
  const authorized = async (id: string, action: string, principal: Principal): Promise<Row> => {
    const row = await kernel.storage.read(() => find(id));
    kernel.authorizer.authorize(
      principal,
      `secretsmanager:${action}`,
      row?.arn ?? (id.startsWith('arn:') ? id : arnOf(id)),
    );
    if (!row) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return row;
  };

  /** Without its value. */
  const described = ({ arn, name, version, modified_at }: Row) => ({
    ARN: arn,
    Name: name,
    LastChangedDate: modified_at / 1000,
    VersionIdsToStages: { [version]: ['AWSCURRENT'] },
  });

  const operations: Record<string, (input: unknown, principal: Principal) => Promise<unknown>> = {
    async GetSecretValue(input, principal) {
      const { SecretId } = parseInput(getShape, input, 'InvalidParameterException');
      const { arn, name, value, version, modified_at } = await authorized(SecretId, 'GetSecretValue', principal);
      return {
        ARN: arn,
        Name: name,
        SecretString: value,
        VersionId: version,
        VersionStages: ['AWSCURRENT'],
        CreatedDate: modified_at / 1000,
      };
    },

    async DescribeSecret(input, principal) {
      const { SecretId } = parseInput(describeShape, input, 'InvalidParameterException');
      return described(await authorized(SecretId, 'DescribeSecret', principal));
    },

    async ListSecrets(input, principal) {
      const { MaxResults = 100, NextToken = '', SortOrder } = parseInput(listShape, input, 'InvalidParameterException');
      kernel.authorizer.authorize(principal, 'secretsmanager:ListSecrets', '*');
      const rows = await kernel.storage.read(() => list.all().map((row) => rowShape.parse(row)));
      if (SortOrder === 'desc') rows.reverse();
      const from = NextToken === '' ? 0 : rows.findIndex(({ name }) => name === NextToken) + 1;
      const page = rows.slice(from, from + MaxResults);
      return {
        SecretList: page.map(({ version, ...row }) => {
          const { VersionIdsToStages, ...rest } = described({ version, ...row });
          return { ...rest, SecretVersionsToStages: VersionIdsToStages };
        }),
        ...(from + page.length < rows.length && { NextToken: page.at(-1)?.name }),
      };
    },

    async PutSecretValue(input, principal) {
      const { SecretId, SecretString, ClientRequestToken } = parseInput(putShape, input, 'InvalidParameterException');
      const { arn, name } = await authorized(SecretId, 'PutSecretValue', principal);
      const VersionId = ClientRequestToken ?? randomUUID();
      await kernel.track(kernel.storage.write(() => save.run(arn, name, SecretString, VersionId, kernel.clock.now())));
      return { ARN: arn, Name: name, VersionId, VersionStages: ['AWSCURRENT'] };
    },
  };

  const secretResource: ResourceHandler = {
    type: 'AWS::SecretsManager::Secret',
    honored: ['Name', 'SecretString', 'GenerateSecretString'],
    ignored: ['Description', 'KmsKeyId', 'Tags', 'ReplicaRegions'],
    provision(resource) {
      const { Name, SecretString, GenerateSecretString } = parseInput(resourceShape, resource.properties);
      const name = Name ?? physicalName(resource, 512);
      const arn = arnOf(name);
      const before = find(arn);
      // What was generated, or put since, stays: a restart changes no password.
      if (!before) {
        const value = SecretString ?? generateSecret(GenerateSecretString ?? generateShape.parse({}));
        save.run(arn, name, value, randomUUID(), kernel.clock.now());
      }
      return { ref: arn, attributes: { Id: arn } };
    },
  };

  return {
    name: 'secretsmanager',
    operations: Object.keys(operations),
    json: { targetPrefixes: ['secretsmanager'], version: '1.1' },
    resources: [secretResource],
    secretString: (nameOrArn) => find(nameOrArn)?.value,
    async call(operation, input, principal) {
      const handle = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (handle) return await handle(input, principal);
      throw new AwsError('UnknownOperationException', `Secrets Manager on this machine has no operation ${operation}.`);
    },
  };
}
