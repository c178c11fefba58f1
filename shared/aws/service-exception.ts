import type { Answer } from './exchange.ts';

export interface Metadata {
  httpStatusCode: number;
  requestId: string | undefined;
}

/** A refusal of the service: `name` says which; what else it says (`CancellationReasons`, `Item`) are properties of the same names. */
export class ServiceException extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: Metadata;

  constructor(name: string, message: string, $metadata: Metadata, fields: object = {}) {
    super(message);
    Object.assign(this, fields);
    this.name = name;
    this.$metadata = $metadata;
    this.$fault = $metadata.httpStatusCode < 500 ? 'client' : 'server';
  }
}

export type ServiceExceptionClass = new (...args: ConstructorParameters<typeof ServiceException>) => ServiceException;

/** @param classOf the class for errors of a name */
export function exceptionOf(
  { status, headers, body }: Answer,
  classOf: (name: string) => ServiceExceptionClass,
): ServiceException {
  const { __type, message, Message, ...fields } = fieldsOf(body);
  const name = nameOf(header(headers['x-amzn-errortype'])) ?? nameOf(__type) ?? nameOf(fields.code) ?? 'UnknownError';
  const metadata = { httpStatusCode: status, requestId: header(headers['x-amzn-requestid']) };
  const text = typeof message === 'string' ? message : typeof Message === 'string' ? Message : name;
  return new (classOf(name))(name, text, metadata, fields);
}

/** What a load balancer answers is not JSON. */
function fieldsOf(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException:http://…` */
const nameOf = (type: unknown): string | undefined =>
  typeof type === 'string' ? (/^(?:[^#:]*#)?([^:,]+)/.exec(type)?.[1] ?? undefined) : undefined;

const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
