import { type AwsCall, account, type Known, queue, role } from './known.ts';

const schedule = {
  FlexibleTimeWindow: { Mode: 'OFF' },
  ScheduleExpression: 'cron(0 12 * * ? *)',
  ScheduleExpressionTimezone: 'Europe/Madrid',
  Target: {
    Arn: `arn:aws:sqs:us-east-1:${account}:${queue}`,
    RoleArn: role,
    Input: '{}',
    RetryPolicy: { MaximumRetryAttempts: 0 },
  },
};
const mail = {
  FromEmailAddress: 'Batuta <orders@batuta.example>',
  Destination: { ToAddresses: ['ada@example.com'] },
  Content: { Simple: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'x' }, Html: { Data: '<p>x</p>' } } } },
};
/** Of the services whose calls are paths and verbs. */
export const restCalls = ({
  functionName,
  bucket,
  api,
}: Known): Record<string, Record<string, Omit<AwsCall, 'service' | 'operation'>>> => ({
  lambda: {
    GetFunction: { method: 'GET', path: `/2015-03-31/functions/${functionName}` },
    Invoke: {
      method: 'POST',
      path: `/2015-03-31/functions/${functionName}/invocations`,
      headers: { 'x-amz-invocation-type': 'RequestResponse', 'x-amz-log-type': 'Tail' },
      body: { id: 'x' },
    },
    ListEventSourceMappings: {
      method: 'GET',
      path: '/2015-03-31/event-source-mappings',
      query: { FunctionName: functionName },
    },
    GetFunctionConfiguration: { method: 'GET', path: `/2015-03-31/functions/${functionName}/configuration` },
    ListFunctions: { method: 'GET', path: '/2015-03-31/functions' },
  },
  apigateway: {
    GetApis: { method: 'GET', path: '/v2/apis', query: { maxResults: '5' } },
    GetApi: { method: 'GET', path: `/v2/apis/${api}` },
    GetRoutes: { method: 'GET', path: `/v2/apis/${api}/routes` },
    GetStages: { method: 'GET', path: `/v2/apis/${api}/stages` },
    GetIntegrations: { method: 'GET', path: `/v2/apis/${api}/integrations` },
    GetAuthorizers: { method: 'GET', path: `/v2/apis/${api}/authorizers` },
  },
  sts: {
    GetCallerIdentity: {
      method: 'POST',
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
  },
  s3: {
    PutObject: {
      method: 'PUT',
      path: `/${bucket}/a/b`,
      headers: { 'content-encoding': 'aws-chunked' },
      body: { x: 1 },
    },
    GetObject: { method: 'GET', path: `/${bucket}/a/b`, query: { 'x-id': 'GetObject' } },
    HeadObject: { method: 'HEAD', path: `/${bucket}/a/b` },
    ListObjectsV2: {
      method: 'GET',
      path: `/${bucket}`,
      query: { 'list-type': '2', 'max-keys': '2', prefix: 'a', delimiter: '/', 'continuation-token': 'YQ' },
    },
    ListBuckets: { method: 'GET', path: '/' },
    HeadBucket: { method: 'HEAD', path: `/${bucket}` },
    CreateBucket: { method: 'PUT', path: '/fuzz-other' },
    DeleteBucket: { method: 'DELETE', path: '/fuzz-other' },
    DeleteObject: { method: 'DELETE', path: `/${bucket}/a/b` },
    CopyObject: {
      method: 'PUT',
      path: `/${bucket}/a/c`,
      headers: { 'x-amz-copy-source': `/${bucket}/a/b`, 'if-none-match': '*' },
    },
    DeleteObjects: {
      method: 'POST',
      path: `/${bucket}`,
      query: { delete: '' },
      body: '<Delete><Object><Key>a/c</Key></Object></Delete>',
    },
  },
  scheduler: {
    CreateSchedule: { method: 'POST', path: '/schedules/fuzz', body: schedule },
    GetSchedule: { method: 'GET', path: '/schedules/fuzz', query: { groupName: 'default' } },
    UpdateSchedule: { method: 'PUT', path: '/schedules/fuzz', body: schedule },
    ListSchedules: { method: 'GET', path: '/schedules', query: { ScheduleGroup: 'default' } },
    DeleteSchedule: { method: 'DELETE', path: '/schedules/fuzz', query: { groupName: 'default' } },
  },
  ses: {
    SendEmail: { method: 'POST', path: '/v2/email/outbound-emails', body: mail },
    ListEmailIdentities: { method: 'GET', path: '/v2/email/identities' },
    CreateEmailIdentity: { method: 'POST', path: '/v2/email/identities', body: { EmailIdentity: 'fuzz.example' } },
  },
});
