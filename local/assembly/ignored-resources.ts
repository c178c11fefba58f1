import { createHash } from 'node:crypto';
import type { Resource } from '../kernel/kernel.ts';
import { physicalName } from '../kernel/physical-name.ts';

/** Where a resource lives, for its ARN. */
export interface Place {
  region: string;
  account: string;
}

interface Ignored {
  /** Why nothing is lost by not running it here. */
  reason: string;
  provision(resource: Resource, place: Place): { ref: string; attributes: Record<string, string> };
}

/** Resource types that have no meaning on one machine. Each still answers `Ref` and `Fn::GetAtt`, so that what refers to it resolves. */
export const IGNORED_RESOURCES: ReadonlyMap<string, Ignored> = new Map<string, Ignored>([
  ['AWS::CDK::Metadata', { reason: 'usage statistics of CDK', provision: named('Id') }],
  [
    'AWS::Logs::LogGroup',
    {
      reason: 'functions log to the console of this process',
      provision: named('LogGroupName', (name, { region, account }) => ({
        Arn: `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
      })),
    },
  ],
  ['AWS::Logs::MetricFilter', { reason: 'no metrics are kept on one machine', provision: named('FilterName') }],
  ['AWS::Logs::QueryDefinition', { reason: 'a saved query of the AWS console', provision: named('Name') }],
  ['AWS::CloudWatch::Alarm', { reason: 'no metrics are kept on one machine', provision: named('AlarmName', alarmArn) }],
  [
    'AWS::CloudWatch::CompositeAlarm',
    { reason: 'no metrics are kept on one machine', provision: named('AlarmName', alarmArn) },
  ],
  ['AWS::CloudWatch::Dashboard', { reason: 'a page of the AWS console', provision: named('DashboardName') }],
  ['AWS::KMS::Key', { reason: 'nothing is encrypted at rest by this machine', provision: provisionKey }],
  ['AWS::KMS::Alias', { reason: 'nothing is encrypted at rest by this machine', provision: named('AliasName') }],
  ['AWS::SNS::Topic', { reason: 'carries alarms only', provision: provisionTopic }],
  ['AWS::SNS::TopicPolicy', { reason: 'carries alarms only', provision: named('Id') }],
  ['AWS::SNS::Subscription', { reason: 'carries alarms only', provision: named('Id') }],
  ['AWS::XRay::Group', { reason: 'no traces are kept on one machine', provision: named('GroupName') }],
]);

function named(
  property: string,
  attributes: (name: string, place: Place) => Record<string, string> = () => ({}),
): Ignored['provision'] {
  return (resource, place) => {
    const given = resource.properties[property];
    const name = typeof given === 'string' ? given : physicalName(resource, 255);
    return { ref: name, attributes: attributes(name, place) };
  };
}

function alarmArn(name: string, { region, account }: Place): Record<string, string> {
  return { Arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}` };
}

function provisionKey(resource: Resource, { region, account }: Place) {
  const hash = createHash('sha256').update(`${resource.stackName}/${resource.logicalId}`).digest('hex');
  const id = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
  return { ref: id, attributes: { Arn: `arn:aws:kms:${region}:${account}:key/${id}`, KeyId: id } };
}

function provisionTopic(resource: Resource, { region, account }: Place) {
  const given = resource.properties.TopicName;
  const name = typeof given === 'string' ? given : physicalName(resource, 256);
  const arn = `arn:aws:sns:${region}:${account}:${name}`;
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
}
