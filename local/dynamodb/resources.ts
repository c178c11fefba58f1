import type { Kernel, Resource, ResourceHandler } from '../kernel/kernel.ts';
import { physicalName } from '../kernel/physical-name.ts';
import { readDefinition, readStream } from './definition.ts';
import type { Engine } from './engine.ts';
import { optionalRecord, optionalString, readList, readRecord, requiredString, validation } from './request.ts';
import type { TableDefinition } from './schema.ts';

const LONGEST_NAME = 255;

const HONORED = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'StreamSpecification.StreamViewType',
  'TimeToLiveSpecification',
  'GlobalSecondaryIndexes.*.IndexName',
  'GlobalSecondaryIndexes.*.KeySchema',
  'GlobalSecondaryIndexes.*.Projection',
  'LocalSecondaryIndexes.*.IndexName',
  'LocalSecondaryIndexes.*.KeySchema',
  'LocalSecondaryIndexes.*.Projection',
];

// Backups, encryption at rest, protection and insight into use: nothing a program could see in a table.
const SETTINGS = [
  'PointInTimeRecoverySpecification',
  'DeletionProtectionEnabled',
  'SSESpecification',
  'ContributorInsightsSpecification',
  'Tags',
  'TableClass',
];

export function tableResources(engine: Engine): ResourceHandler[] {
  const provision = (resource: Resource) => provisionTable(engine, resource);
  return [
    {
      type: 'AWS::DynamoDB::GlobalTable',
      honored: [...HONORED, 'Replicas.*.Region'],
      ignored: [
        'SSESpecification',
        ...SETTINGS.map((name) => `Replicas.*.${name}`),
        'Replicas.*.GlobalSecondaryIndexes.*.IndexName',
        'Replicas.*.GlobalSecondaryIndexes.*.ContributorInsightsSpecification',
      ],
      provision(resource) {
        checkReplicas(engine.kernel, resource);
        return provision(resource);
      },
    },
    {
      type: 'AWS::DynamoDB::Table',
      honored: HONORED,
      ignored: [...SETTINGS, 'GlobalSecondaryIndexes.*.ContributorInsightsSpecification'],
      provision,
    },
  ];
}

function checkReplicas(kernel: Kernel, { logicalId, properties }: Resource): void {
  const regions = readList(properties, 'Replicas', 1).map((replica) => readRecord(replica, 'Replicas').Region);
  if (regions.length > 1 || regions[0] !== kernel.region) {
    throw validation(
      `Table ${logicalId} has replicas in ${regions.join(', ')}: this machine is the one region ${kernel.region}`,
    );
  }
}

/** Creates the table, or finds it with its data and brings it up to the template. Called inside one storage write. */
function provisionTable(engine: Engine, resource: Resource) {
  const { catalog, housekeeping } = engine;
  const { properties } = resource;
  if (properties.BillingMode !== 'PAY_PER_REQUEST') {
    throw validation(
      `Table ${resource.logicalId} must have BillingMode PAY_PER_REQUEST: this machine provisions no throughput`,
    );
  }
  const name = optionalString(properties, 'TableName') ?? physicalName(resource, LONGEST_NAME);
  const definition = withOptions(properties, readDefinition(properties, name, 'PAY_PER_REQUEST'));
  let table = catalog.find(name);
  if (!table) table = catalog.create(definition);
  else if (JSON.stringify(table.definition) !== JSON.stringify(definition)) {
    catalog.change(table, definition);
    housekeeping.timeToLiveChanged(table);
  }
  return {
    ref: name,
    attributes: {
      Arn: table.arn,
      TableId: table.tableId,
      ...(table.stream ? { StreamArn: table.stream.arn } : {}),
    },
  };
}

function withOptions(properties: Record<string, unknown>, definition: TableDefinition): TableDefinition {
  const stream = readStream(properties);
  const expiry = optionalRecord(properties, 'TimeToLiveSpecification');
  return {
    ...definition,
    ...(stream ? { stream } : {}),
    ...(expiry?.Enabled === true ? { timeToLive: requiredString(expiry, 'AttributeName') } : {}),
  };
}
