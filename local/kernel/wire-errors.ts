import { AwsError } from './errors.ts';
import type { Service, WireResponse } from './kernel.ts';

/** The call was carried out and its caller will never know: the wire breaks the connection instead of answering. */
export class AnswerLost extends AwsError {
  constructor() {
    super('RequestTimeout', 'The answer was lost', 500);
  }
}

/** Errors of the front door that AWS's services share; anything else has the service's own namespace. */
const CORAL_SERVICE = new Set([
  'AccessDeniedException',
  'MissingAuthenticationTokenException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'UnknownOperationException',
]);

const NAMESPACES: Record<string, string> = {
  dynamodb: 'com.amazonaws.dynamodb.v20120810#',
  sqs: 'com.amazonaws.sqs#',
};

/** Codes of SQS's older query protocol, which its SDKs still show as `error.Code`. Those not listed are `AWS.SimpleQueueService.<name>`. */
const SQS_QUERY_CODES: Record<string, string> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  ReceiptHandleIsInvalid: 'ReceiptHandleIsInvalid',
  AccessDeniedException: 'AccessDeniedException',
};

/** The answer for a failed call in AWS JSON; also what REST services give for errors that they did not encode themselves. */
export function encodeError(error: unknown, service: Service | undefined): WireResponse {
  const known = error instanceof AwsError;
  const code = known ? error.code : 'InternalServerError';
  const message = known ? error.message : 'The service failed; its log has the cause';
  const type = typeOf(code, service);
  const headers: Record<string, string> = {
    'content-type': service?.json ? `application/x-amz-json-${service.json.version}` : 'application/json',
    'x-amzn-errortype': type,
  };
  if (service?.name === 'sqs') {
    const query = SQS_QUERY_CODES[code] ?? `AWS.SimpleQueueService.${code}`;
    headers['x-amzn-query-error'] = `${query};${known && error.status < 500 ? 'Sender' : 'Receiver'}`;
  }
  const status = known ? statusOf(error, service) : 500;
  return { status, headers, body: JSON.stringify({ __type: type, message, ...(known ? error.details : {}) }) };
}

function typeOf(code: string, service: Service | undefined): string {
  if (!service?.json) return code;
  if (CORAL_SERVICE.has(code)) return `com.amazon.coral.service#${code}`;
  if (service.name === 'dynamodb' && code === 'ValidationException') return `com.amazon.coral.validate#${code}`;
  return (NAMESPACES[service.name] ?? '') + code;
}

/** REST services and SQS refuse with 403, the other JSON services with 400. */
function statusOf(error: AwsError, service: Service | undefined): number {
  const deniedByJson = error.code === 'AccessDeniedException' && service?.json && service.name !== 'sqs';
  return deniedByJson ? 400 : error.status;
}
