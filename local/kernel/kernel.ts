import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import type { Storage } from './storage.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Who makes a call. `operator` = the person at this machine (any credentials that belong to no role): allowed everything. */
export type Principal =
  | { kind: 'operator' }
  /** A role of the template: a function's, a state machine's, a schedule's. `arn` is the role's ARN. */
  | { kind: 'role'; arn: string; session: string }
  /** A service acting by itself, allowed by resource policies: `events.amazonaws.com`; `sourceArn` is what it acts for (the rule). */
  | { kind: 'service'; service: string; sourceArn: string };

export const operator: Principal = { kind: 'operator' };

export interface Authorizer {
  /**
   * Throws `AwsError('AccessDeniedException', …)` with AWS's own words unless a policy of the template allows it.
   * @param action `dynamodb:PutItem`
   * @param resource ARN
   * @param context condition keys, for example `{'dynamodb:LeadingKeys': ['ORDER#1']}`
   */
  authorize(principal: Principal, action: string, resource: string, context?: Record<string, string | string[]>): void;
}

/** What every service is built from. */
export interface Kernel {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly authorizer: Authorizer;
  readonly region: string;
  readonly account: string;
  /** `http://127.0.0.1:<port>`: the AWS endpoint, for queue URLs. Known once the server listens, before anything is provisioned. */
  readonly endpoint: string;
  /** Calls another service in process, by the same door as the wire: same shapes, same errors, same authorization. */
  call(service: string, operation: string, input: unknown, principal: Principal): Promise<unknown>;
  /** Marks asynchronous work as under way, so that a fake clock does not move before it is done. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Something that nobody asked for failed (a poller, a timer): logged, counted, never thrown away. */
  report(where: string, error: unknown): void;
}

/** The beginning of a request to the AWS endpoint, whichever way it came. */
export interface RequestHead {
  method: string;
  /** Path and query. */
  url: string;
  /** By lower-case name. */
  headers: IncomingHttpHeaders;
  remoteAddress: string | undefined;
}

/**
 * Brings a request to the AWS endpoint without a socket. Undefined where a socket would break: nobody answers there any more, or the
 * answer was lost.
 */
export type Exchange = (head: RequestHead, body: string | Uint8Array) => Promise<WireResponse | undefined>;

/** A request as it came over HTTP, body unparsed. */
export interface WireRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Buffer;
  principal: Principal;
  requestId: string;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** A service of AWS, as this machine runs it. */
export interface Service {
  /** The signing name in SigV4's credential scope: `dynamodb`, `states`, `events`, `sqs`, `lambda`, `scheduler`, `ses`, `s3`, `ssm`, `secretsmanager`. */
  readonly name: string;
  /** Handles one call of the service's API. Throws AwsError. */
  call(operation: string, input: unknown, principal: Principal): Promise<unknown>;
  /** The names of every operation that `call` knows, for the page of what is honored. */
  readonly operations?: readonly string[];
  /** For services that speak AWS JSON 1.0/1.1: the `X-Amz-Target` prefix (`DynamoDB_20120810`) and the content type's version. */
  readonly json?: { targetPrefixes: string[]; version: '1.0' | '1.1' };
  /** For services that speak REST (scheduler, ses, s3, lambda): the whole exchange. */
  wire?(request: WireRequest): Promise<WireResponse>;
  /** The resource types of the template that this service provides. */
  readonly resources: ResourceHandler[];
  /** Called once when everything is provisioned: start pollers, resume what was running before a crash. */
  start?(): void;
  stop?(): Promise<void>;
}

/** One resource of the template with every intrinsic resolved. */
export interface Resource {
  logicalId: string;
  type: string;
  stackName: string;
  // Resolved CloudFormation properties: shapes are the handler's to check.
  properties: Record<string, unknown>;
}

export interface ResourceHandler {
  /** `AWS::DynamoDB::GlobalTable` */
  type: string;
  /**
   * Dotted property paths this machine honours, and those that have no meaning here (`*` stands for one array index or map key;
   * a path covers everything below it). The loader refuses any other property, so that drift shows at once.
   */
  honored: string[];
  ignored: string[];
  /** Creates the resource, or finds it again after a restart: same name, same data. Synchronous: inside one storage write. */
  provision(resource: Resource): { ref: string; attributes: Record<string, string> };
}
