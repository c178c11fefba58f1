import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, ResourceHandler, Service } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { physicalName } from '../kernel/physical-name.ts';

export interface ParameterReader {
  /** The value of a parameter, for `{{resolve:ssm:…}}` in the template; undefined if there is none. */
  parameterValue(name: string): string | undefined;
}

const rowShape = z.object({
  name: z.string(),
  type: z.string(),
  value: z.string(),
  version: z.number(),
  modified_at: z.number(),
});
type Row = z.infer<typeof rowShape>;

const getShape = z.strictObject({ Name: z.string(), WithDecryption: z.boolean().optional() });
const getManyShape = z.strictObject({
  Names: z.array(z.string()).min(1).max(10),
  WithDecryption: z.boolean().optional(),
});
const page = { MaxResults: z.int().min(1).max(50).optional(), NextToken: z.string().optional() };
const listShape = z.strictObject(page);
const byPathShape = z.strictObject({
  ...page,
  Path: z.string().startsWith('/'),
  Recursive: z.boolean().optional(),
  WithDecryption: z.boolean().optional(),
});
const resourceShape = z.object({
  Name: z.string().optional(),
  Type: z.enum(['String', 'StringList']),
  Value: z.string(),
});

/** The parameters of AWS Systems Manager: those of the template, to be read. */
export function createParameterStore(kernel: Kernel): Service & ParameterReader {
  const { db } = kernel.storage;
  db.exec(`CREATE TABLE IF NOT EXISTS ssm_parameter (
    name TEXT PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL, modified_at INTEGER NOT NULL) STRICT`);
  const get = db.prepare('SELECT * FROM ssm_parameter WHERE name = ?');
  const list = db.prepare('SELECT * FROM ssm_parameter WHERE name > ? ORDER BY name');
  const save = db.prepare(
    'INSERT OR REPLACE INTO ssm_parameter (name, type, value, version, modified_at) VALUES (?, ?, ?, ?, ?)',
  );

  const find = (name: string): Row | undefined => {
    const row = get.get(name);
    return row && rowShape.parse(row);
  };
  const arn = (name: string) => `arn:aws:ssm:${kernel.region}:${kernel.account}:parameter/${name.replace(/^\//, '')}`;
  const describe = ({ name, type, value, version, modified_at }: Row) => ({
    Name: name,
    Type: type,
    Value: value,
    Version: version,
    LastModifiedDate: modified_at / 1000,
    ARN: arn(name),
    DataType: 'text',
  });

  const after = async (name: string, limit: number, isWanted: (row: Row) => boolean) => {
    const found = await kernel.storage.read(() => list.all(name).map((row) => rowShape.parse(row)));
    const rows = found.filter(isWanted);
    return { rows: rows.slice(0, limit), next: rows.length > limit ? { NextToken: rows[limit - 1]?.name } : {} };
  };

  const operations: Record<string, (input: unknown, principal: Principal) => Promise<unknown>> = {
    async GetParameter(input, principal) {
      const { Name } = parseInput(getShape, input);
      kernel.authorizer.authorize(principal, 'ssm:GetParameter', arn(Name));
      const row = await kernel.storage.read(() => find(Name));
      if (!row) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: describe(row) };
    },

    async GetParameters(input, principal) {
      const { Names } = parseInput(getManyShape, input);
      for (const name of Names) kernel.authorizer.authorize(principal, 'ssm:GetParameters', arn(name));
      const rows = await kernel.storage.read(() => Names.map(find));
      return {
        Parameters: rows.filter((row) => row !== undefined).map(describe),
        InvalidParameters: Names.filter((_, index) => rows[index] === undefined),
      };
    },
  };

  const listing: typeof operations = {
    async DescribeParameters(input, principal) {
      const { MaxResults = 50, NextToken = '' } = parseInput(listShape, input);
      kernel.authorizer.authorize(principal, 'ssm:DescribeParameters', `${arn('')}*`);
      const { rows, next } = await after(NextToken, MaxResults, () => true);
      const Parameters = rows.map((row) => {
        const { Value: _, ...rest } = describe(row);
        return { ...rest, Tier: 'Standard', Policies: [] };
      });
      return { Parameters, ...next };
    },

    async GetParametersByPath(input, principal) {
      const { Path, Recursive, MaxResults = 10, NextToken = '' } = parseInput(byPathShape, input);
      const path = Path.endsWith('/') ? Path : `${Path}/`;
      kernel.authorizer.authorize(principal, 'ssm:GetParametersByPath', arn(path.slice(0, -1)));
      const isBelow = ({ name }: Row) => {
        const full = name.startsWith('/') ? name : `/${name}`;
        return full.startsWith(path) && (Recursive === true || !full.slice(path.length).includes('/'));
      };
      const { rows, next } = await after(NextToken, MaxResults, isBelow);
      return { Parameters: rows.map(describe), ...next };
    },
  };
  const all = { ...operations, ...listing };

  const parameterResource: ResourceHandler = {
    type: 'AWS::SSM::Parameter',
    honored: ['Name', 'Type', 'Value'],
    ignored: ['Description', 'Tags', 'Tier', 'AllowedPattern'],
    provision(resource) {
      const { Name, Type, Value } = parseInput(resourceShape, resource.properties);
      const name = Name ?? physicalName(resource, 1011);
      const before = find(name);
      if (before?.value !== Value || before.type !== Type) {
        save.run(name, Type, Value, (before?.version ?? 0) + 1, kernel.clock.now());
      }
      return { ref: name, attributes: { Type, Value } };
    },
  };

  return {
    name: 'ssm',
    operations: Object.keys(all),
    json: { targetPrefixes: ['AmazonSSM'], version: '1.1' },
    resources: [parameterResource],
    parameterValue: (name) => find(name)?.value,
    async call(operation, input, principal) {
      const handle = Object.hasOwn(all, operation) ? all[operation] : undefined;
      if (handle) return await handle(input, principal);
      throw new AwsError('UnknownOperationException', `Systems Manager on this machine has no operation ${operation}.`);
    },
  };
}
