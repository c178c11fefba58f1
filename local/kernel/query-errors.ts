import { AwsError } from './errors.ts';
import type { RequestHead, WireResponse } from './kernel.ts';
import { escapeXml } from './xml.ts';

/** Whether the answer has to be XML: services of AWS's older query protocol (STS, IAM, SNS, CloudFormation, SES version 1, EC2) read nothing else. */
export function speaksQuery({ url, headers }: Pick<RequestHead, 'url' | 'headers'>): boolean {
  return (
    headers['x-amz-target'] === undefined &&
    (headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false) &&
    // To SQS also at the address of a queue. What goes elsewhere is REST.
    /^\/(\d{12}\/[\w.-]+\/?)?(\?|$)/.test(url)
  );
}

/**
 * The answer for a failed call of the query protocol. EC2 has a shape of its own.
 * @param service the signing name
 */
export function encodeQueryError(error: unknown, service: string | undefined, requestId: string): WireResponse {
  const known = error instanceof AwsError ? error : undefined;
  // What the JSON services call UnknownOperationException, the older ones call InvalidAction; AccessDeniedException is AccessDenied.
  const code = QUERY_CODES[known?.code ?? ''] ?? known?.code ?? 'InternalFailure';
  const message = known?.message ?? 'The service failed; its log has the cause';
  const status = known?.status ?? 500;
  const parts = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const body =
    service === 'ec2'
      ? `<Response><Errors><Error>${parts}</Error></Errors><RequestID>${requestId}</RequestID></Response>`
      : `<ErrorResponse><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>${parts}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

const QUERY_CODES: Record<string, string> = {
  UnknownOperationException: 'InvalidAction',
  AccessDeniedException: 'AccessDenied',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
};
