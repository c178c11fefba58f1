import { Connection } from './exchange.ts';
import { Retries } from './retries.ts';
import { exceptionOf, ServiceException, type ServiceExceptionClass } from './service-exception.ts';
import { type Credentials, Signer } from './signature.ts';

/** As the SDK's clients take it, as far as it is used here. What is missing comes from the environment, as on Lambda. */
export interface ClientConfig {
  region?: string;
  endpoint?: string;
  credentials?: Credentials;
  /** 3 unless told otherwise. */
  maxAttempts?: number;
}

export interface ServiceDescription {
  /** In the name of the variable that holds an endpoint of its own: `AWS_ENDPOINT_URL_DYNAMODB`. */
  id: string;
  /** In Signature Version 4. */
  signingName: string;
  /** The first part of the host. */
  host: string;
  contentType: string;
  classOf?: (name: string) => ServiceExceptionClass;
}

/** One call of one operation. The body is made once: all attempts send the same. */
export abstract class Command<Input extends object, Output extends object> {
  readonly input: Input;
  /** Tells what `send` answers. */
  declare readonly output: Output;

  constructor(input: Input) {
    this.input = input;
  }

  /** The header `x-amz-target`, for services that go by it. */
  readonly target: string | undefined = undefined;
  readonly path: string = '/';

  body(): string {
    return JSON.stringify(this.input);
  }

  /** What becomes of the answer's body. */
  read(body: object): object {
    return body;
  }
}

/**
 * A client of a service that speaks JSON over HTTP, with the SDK's interface as far as it is used here: it takes commands, signs them, tries again
 * what the SDK would try again, and throws the SDK's errors. In the bundles it stands in for the SDK's, at a tenth of the processor's time.
 */
export class Client {
  readonly #service: ServiceDescription;
  readonly #connection: Connection;
  readonly #signer: Signer;
  readonly #retries: Retries;
  readonly #token: string | undefined;

  constructor(service: ServiceDescription, config: ClientConfig) {
    const { env } = process;
    const region = config.region ?? env.AWS_REGION ?? missing('region', 'AWS_REGION');
    const credentials = config.credentials ?? fromEnvironment();
    this.#service = service;
    this.#connection = new Connection(
      config.endpoint ??
        (env[`AWS_ENDPOINT_URL_${service.id}`] || env.AWS_ENDPOINT_URL || endpointOf(service.host, region)),
    );
    this.#signer = new Signer(service.signingName, region, credentials);
    this.#token = credentials.sessionToken;
    this.#retries = new Retries(config.maxAttempts ?? 3);
  }

  /** @throws ServiceException; an Error with a `code` for the network's failures */
  async send<Output extends object>(command: Command<object, Output>): Promise<Output> {
    const body = command.body();
    const text = await this.#retries.run(() => this.#attempt(command, body));
    // The service is taken at its word, as the SDK takes it.
    return command.read(text === '' ? {} : JSON.parse(text)) as Output;
  }

  destroy(): void {
    this.#connection.destroy();
  }

  async #attempt({ target, path }: Command<object, object>, body: string): Promise<string> {
    const headers: Record<string, string> = {
      'content-type': this.#service.contentType,
      host: this.#connection.host,
      'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
    };
    if (this.#token !== undefined) headers['x-amz-security-token'] = this.#token;
    if (target !== undefined) headers['x-amz-target'] = target;
    headers.authorization = this.#signer.authorization({ method: 'POST', path, headers, body });
    headers['content-length'] = String(Buffer.byteLength(body));
    // By it X-Ray and Lambda's detection of loops follow what calls what.
    const trace = process.env._X_AMZN_TRACE_ID;
    if (trace) headers['x-amzn-trace-id'] = trace;
    const answer = await this.#connection.send('POST', path, headers, body);
    if (answer.status < 300) return answer.body;
    throw exceptionOf(answer, this.#service.classOf ?? (() => ServiceException));
  }
}

function fromEnvironment(): Credentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = process.env;
  if (!accessKeyId || !secretAccessKey) return missing('credentials', 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY');
  return { accessKeyId, secretAccessKey, sessionToken: AWS_SESSION_TOKEN || undefined };
}

function missing(what: string, where: string): never {
  throw new Error(`No ${what}: a function takes them from ${where} only`);
}

/** Partitions with a domain of their own, by the beginning of their regions' names (`partitions.json` of the SDKs). */
const DOMAINS: readonly [string, string][] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['us-iso-', 'c2s.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];

function endpointOf(host: string, region: string): string {
  if (process.env.AWS_USE_FIPS_ENDPOINT === 'true' || process.env.AWS_USE_DUALSTACK_ENDPOINT === 'true') {
    throw new Error(
      'AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT are left out of the bundles: set AWS_ENDPOINT_URL',
    );
  }
  const domain = DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return `https://${host}.${region}.${domain}`;
}
