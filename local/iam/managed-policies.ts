import { compilePolicy, type Statement } from './policy.ts';

const allow = (...actions: string[]) =>
  compilePolicy({ Statement: { Effect: 'Allow', Action: actions, Resource: '*' } }, 'identity');

/** The policies of AWS's own that a template may attach to a role, by their ARN's end, with what they say. */
const AWS_MANAGED: Record<string, Statement[]> = {
  'service-role/AWSLambdaBasicExecutionRole': allow('logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'),
  AWSXRayDaemonWriteAccess: allow(
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ),
};

/** @throws Error for a managed policy whose contents are not known here */
export function awsManagedPolicy(arn: string): Statement[] {
  const name = /^arn:aws:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
  const statements = name !== undefined && Object.hasOwn(AWS_MANAGED, name) ? AWS_MANAGED[name] : undefined;
  if (!statements)
    throw new Error(`managed policy ${arn} is not known to this machine: add it to local/iam/managed-policies.ts`);
  return statements;
}
