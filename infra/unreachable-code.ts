import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { trims as clientTrims } from './trimmed-clients.ts';
import { trims as stripeTrims } from './trimmed-stripe.ts';
import { trims as zodTrims } from './trimmed-zod.ts';

interface Stub {
  /** Path of the module's file, forward slashes. */
  module: RegExp;
  why: string;
  /** What stands in for it: whatever gets there all the same is told so. */
  contents: string;
}

const refuse = (what: string): string => `throw new Error(${JSON.stringify(`${what} is left out of the bundles`)});`;

/**
 * What libraries carry for others and no function can reach, two fifths of a bundle: less to fetch and to parse at each cold start.
 * The end-to-end tests run the bundles.
 */
export const stubs: readonly Stub[] = [
  {
    module:
      /\/node_modules\/(@aws-sdk\/(credential-provider-(http|ini|login|process|sso|web-identity)|token-providers)|@smithy\/credential-provider-imds)\//,
    why: 'Lambda puts credentials into the environment, which the SDK asks first.',
    contents: `throw new Error('No credentials: a function takes them from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN only');`,
  },
  {
    module: /\/@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    why: 'Loaded for operations that stream events: we call none.',
    contents: refuse('@smithy/core/event-streams'),
  },
  {
    module: /\/zod\/v4\/core\/to-json-schema\.js$/,
    why: 'The OpenAPI document is made when the functions are bundled. Each schema asks for these two as it is made.',
    contents: `const refuse = () => { ${refuse('JSON Schema of zod')} };
      export const createToJSONSchemaMethod = () => refuse, createStandardJSONSchemaMethod = () => refuse;`,
  },
  {
    module: /\/zod\/v4\/core\/json-schema-processors\.js$/,
    why: 'Called by the above only: what is missing here is never asked for.',
    contents: `export const toJSONSchema = () => { ${refuse('JSON Schema of zod')} };`,
  },
  {
    module: /\/zod\/v4\/core\/json-schema-generator\.js$/,
    why: 'Nobody asks for it.',
    contents: `export class JSONSchemaGenerator { constructor() { ${refuse('JSON Schema of zod')} } }`,
  },
  {
    module: /\/@aws-sdk\/endpoint-cache\/.*\.js$/,
    why: 'Of endpoint discovery, which is off unless AWS_ENABLE_ENDPOINT_DISCOVERY is set.',
    contents: `const refuse = () => { ${refuse('@aws-sdk/endpoint-cache (endpoint discovery)')} };
      export class EndpointCache { get = refuse; getEndpoint = refuse; set = refuse; has = refuse; delete = refuse; clear = refuse; }`,
  },
  {
    module: /\/@smithy\/core\/dist-es\/submodules\/checksum\/sha256\/Sha256Js\.js$/,
    why: 'For a Node without node:crypto.',
    contents: `export class Sha256Js { constructor() { ${refuse('Sha256Js')} } }`,
  },
  {
    module:
      /\/@smithy\/core\/dist-es\/submodules\/config\/config-resolver\/regionConfig\/getInstanceMetadataRegion\.js$/,
    why: 'Lambda puts the region into the environment.',
    contents: `export const getInstanceMetadataRegion = async () => { throw new Error('No region: a function takes it from AWS_REGION only'); };`,
  },
  {
    module: /\/@smithy\/core\/dist-es\/submodules\/config\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    why: 'There is no ~/.aws in Lambda, and on one machine the functions must not take settings from the one of its owner.',
    contents: `export { CONFIG_PREFIX_SEPARATOR } from './constants';
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
  {
    module: /\/@aws-sdk\/core\/dist-es\/submodules\/client\/middleware-user-agent\/user-agent-middleware\.js$/,
    why: 'Our clients go without it: shared/adapters/lean-client.ts.',
    contents: `export const userAgentMiddleware = () => (next) => next, getUserAgentMiddlewareOptions = {}, getUserAgentPlugin = () => ({ applyToStack() {} });`,
  },
  {
    module: /\/@aws-sdk\/core\/dist-es\/submodules\/client\/util-user-agent-node\/defaultUserAgent\.js$/,
    why: 'Called by the above only.',
    contents: `export const createDefaultUserAgentProvider = () => () => { ${refuse('The user agent')} };
      export const crtAvailability = {}, defaultUserAgent = createDefaultUserAgentProvider;`,
  },
  {
    module: /\/@aws-sdk\/core\/dist-es\/submodules\/client\/middleware-logger\/loggerMiddleware\.js$/,
    why: 'Our clients go without it: shared/adapters/lean-client.ts.',
    contents: `export const loggerMiddleware = () => (next) => next, loggerMiddlewareOptions = {}, getLoggerPlugin = () => ({ applyToStack() {} });`,
  },
  {
    module: /\/@smithy\/core\/dist-es\/submodules\/endpoints\/middleware-endpoint\/service-customizations\/index\.js$/,
    why: 'We call no S3.',
    contents: `export const resolveParamsForS3 = () => { ${refuse('The endpoints of S3')} };`,
  },
  {
    module: /\/zod\/v4\/core\/memoizer\.js$/,
    why: 'For values that hold themselves: JSON never does. Its absence is a mode of zod, that of zod/mini.',
    contents: `const refuse = () => { ${refuse('z.compile() of zod')} };
      export const memoizer = () => undefined, isBackEdge = refuse, isRecursiveSchema = refuse;`,
  },
  {
    module: /\/@smithy\/core\/dist-es\/submodules\/retry\/util-retry\/AdaptiveRetryStrategy\.js$/,
    why: 'For AWS_RETRY_MODE=adaptive, which is for batch jobs: it makes requests wait.',
    contents: `export class AdaptiveRetryStrategy { constructor() { ${refuse('AWS_RETRY_MODE=adaptive')} } }`,
  },
  {
    module: /\/brotli\/decompress\.js$/,
    why: 'For fonts as WOFF2, half of it a dictionary: ours are TrueType and WOFF.',
    contents: `export default () => { ${refuse('Brotli')} };`,
  },
  {
    module: /\/@formatjs\/icu-skeleton-parser\/index\.js$/,
    why: 'For messages with formats such as {total, number, ::currency/EUR}: ours are given money and dates as text. Fails with INVALID_NUMBER_SKELETON.',
    contents: `const refuse = () => { ${refuse('The parser of "::" in messages')} };
      export const parseDateTimeSkeleton = refuse, parseNumberSkeleton = refuse, parseNumberSkeletonFromString = refuse;`,
  },
];

export const trims = [...clientTrims, ...stripeTrims, ...zodTrims];

/** Leaves all of it out. */
export const unreachableCode: Plugin = {
  name: 'unreachable-code',
  setup({ onLoad }) {
    for (const { module, contents } of stubs) onLoad({ filter: module }, () => ({ contents, loader: 'js' }));
    for (const { module, trim } of trims) {
      onLoad({ filter: module }, ({ path }) => ({ contents: trim(readFileSync(path, 'utf8'), path), loader: 'js' }));
    }
  },
};
